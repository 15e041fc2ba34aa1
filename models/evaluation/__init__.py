"""The shipped models judged on recorded benchmarks, under their published protocols."""
