"""Pages for people, made from a release. One model per report feeds every format."""
