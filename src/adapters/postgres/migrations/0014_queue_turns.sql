-- compatible_with: 8
-- Attempts whose lease ran out without a word from their worker, each as "<attempt> <worker>": a worker that was only cut off
-- gives its attempt back when it can, once.
ALTER TABLE backtest_jobs
  ADD COLUMN IF NOT EXISTS silent_attempts jsonb NOT NULL DEFAULT '[]';

-- Owners in the order in which the fair claim serves them: who has never been served, then who was served longest ago. An
-- owner waits while a job of theirs is queued; whoever is found with nothing due is taken out until a job comes or is due.
CREATE TABLE IF NOT EXISTS backtest_job_turns (
  user_id       uuid PRIMARY KEY,
  last_at       timestamptz,
  waiting_since timestamptz,
  due_at        timestamptz
);
CREATE INDEX IF NOT EXISTS idx_backtest_job_turns_next
  ON backtest_job_turns (last_at NULLS FIRST, waiting_since, user_id) WHERE waiting_since IS NOT NULL;
CREATE INDEX IF NOT EXISTS idx_backtest_job_turns_due
  ON backtest_job_turns (due_at) WHERE due_at IS NOT NULL;

INSERT INTO backtest_job_turns (user_id, waiting_since)
SELECT user_id, min(created_at) FROM backtest_jobs WHERE state = 'queued' GROUP BY user_id
ON CONFLICT (user_id) DO NOTHING;
UPDATE backtest_job_turns AS t
SET last_at = (SELECT max(started_at) FROM backtest_jobs AS j WHERE j.user_id = t.user_id)
WHERE last_at IS NULL;

-- Written by triggers, so that a program of an earlier release keeps the turns, too. Claims and ends of jobs do not touch
-- them: by age, nobody asks whose turn it is.
CREATE OR REPLACE FUNCTION backtest_wait_for_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO backtest_job_turns AS t (user_id, last_at, waiting_since)
  VALUES (
    NEW.user_id,
    (SELECT max(started_at) FROM backtest_jobs WHERE user_id = NEW.user_id),
    NEW.created_at
  )
  ON CONFLICT (user_id) DO UPDATE
  SET waiting_since = COALESCE(t.waiting_since, excluded.waiting_since),
      last_at = GREATEST(t.last_at, excluded.last_at);
  RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER backtest_job_queued_trg
  AFTER INSERT ON backtest_jobs FOR EACH ROW WHEN (NEW.state = 'queued')
  EXECUTE FUNCTION backtest_wait_for_turn();
CREATE OR REPLACE TRIGGER backtest_job_queued_again_trg
  AFTER UPDATE ON backtest_jobs FOR EACH ROW WHEN (NEW.state = 'queued' AND OLD.state <> 'queued')
  EXECUTE FUNCTION backtest_wait_for_turn();

-- Locks the owner whose turn it is and their oldest queued job that is due, and returns its id; null when no job is due. The
-- owner stays locked until the transaction ends, so that parallel claims serve different owners; only when all who wait are
-- locked by others, and it has locked none itself, it waits for the first of them: two that wait for each other would be a
-- deadlock. The settings keep it on the indexes, whatever the statistics say.
CREATE OR REPLACE FUNCTION backtest_take_turn() RETURNS uuid LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
DECLARE
  moment timestamptz := date_trunc('milliseconds', clock_timestamp());
  owner  uuid;
  picked uuid;
  locks  boolean;
BEGIN
  UPDATE backtest_job_turns AS t
  SET waiting_since = COALESCE(t.waiting_since, t.due_at), due_at = NULL
  FROM (
    SELECT user_id FROM backtest_job_turns WHERE due_at <= moment
    ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED
  ) AS due
  WHERE t.user_id = due.user_id;
  locks := FOUND;
  LOOP
    SELECT user_id INTO owner FROM backtest_job_turns WHERE waiting_since IS NOT NULL
    ORDER BY last_at NULLS FIRST, waiting_since, user_id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
      IF locks THEN
        RETURN NULL;
      END IF;
      SELECT user_id INTO owner FROM backtest_job_turns WHERE waiting_since IS NOT NULL
      ORDER BY last_at NULLS FIRST, waiting_since, user_id LIMIT 1 FOR UPDATE;
      IF NOT FOUND THEN
        RETURN NULL;
      END IF;
    END IF;
    SELECT job_id INTO picked FROM backtest_jobs
    WHERE user_id = owner AND state = 'queued' AND (not_before IS NULL OR not_before <= clock_timestamp())
    ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      UPDATE backtest_job_turns SET last_at = moment WHERE user_id = owner;
      RETURN picked;
    END IF;
    UPDATE backtest_job_turns
    SET waiting_since = NULL, due_at = (
      SELECT min(COALESCE(not_before, moment)) FROM backtest_jobs WHERE user_id = owner AND state = 'queued'
    )
    WHERE user_id = owner;
    locks := true;
  END LOOP;
END
$$;
