"""What lets somebody else hold the ledger to its word: tree heads, proofs, signed notes, and a witness."""
