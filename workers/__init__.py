"""What happens later: reactions, sweeps and the schedule, all calling the rooms above."""
