"""The Dagster definitions and the command line `mizan`. The only package that imports dagster."""
