"""From a program to what runs: kernels, stage modules, plan and folder."""
