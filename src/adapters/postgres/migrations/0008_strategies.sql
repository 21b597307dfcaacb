-- Saved strategies. A job keeps a copy of its own, so no foreign key leads here and a row may go at any time.
CREATE TABLE IF NOT EXISTS backtest_strategies (
  strategy_id uuid        PRIMARY KEY,
  user_id     uuid        NOT NULL,
  name        text        NOT NULL,
  spec_json   jsonb       NOT NULL,
  created_at  timestamptz NOT NULL,

  CONSTRAINT backtest_strategies_name_chk
    CHECK (btrim(name) <> '' AND char_length(name) <= 200),
  CONSTRAINT backtest_strategies_spec_shape_chk
    CHECK (jsonb_typeof(spec_json) = 'object')
);

CREATE INDEX IF NOT EXISTS idx_backtest_strategies_user_created_desc
  ON backtest_strategies (user_id, created_at DESC, strategy_id DESC);
