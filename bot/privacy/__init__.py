"""Privacy: masking, encryption, keys, retention and erasure."""
