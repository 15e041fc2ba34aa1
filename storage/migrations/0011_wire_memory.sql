-- What formats must remember of those who speak them, also after a restart: of a Sparkplug node, the metrics that its
-- births declared, each with its alias and its original type. Written in the transaction that stores the message.

CREATE TABLE wire_memory (
    format text NOT NULL,
    speaker text NOT NULL,
    document jsonb NOT NULL,
    learnt_at timestamptz NOT NULL,
    PRIMARY KEY (format, speaker)
);
