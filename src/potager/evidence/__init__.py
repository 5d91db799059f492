"""What a treatment earned: arms, sufficient statistics, intervals, attribution beside."""
