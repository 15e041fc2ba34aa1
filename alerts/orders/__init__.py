"""Work orders: their steps, what people do with them, the document, and the journal of it all."""
