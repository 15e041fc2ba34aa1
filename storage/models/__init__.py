"""What the models know, said and learnt: the catalogue, scores, findings, labels, proposals."""
