-- compatible_with: 8
-- A session keeps its plans. One that was made while a table was small, or by statistics of such a time, would read and sort
-- all that has been queued since, for every claim, in place of the first entry of an index. Without sorts only an index with
-- the order is left; the orders below are such that it is the right one, whatever the statistics say.

-- The oldest queued job that is due, locked; null when there is none or, unless any age will do, when the lease of an older
-- job has expired, which is to be taken over first: of the hundred that expired first, so that a look stays short.
CREATE OR REPLACE FUNCTION backtest_oldest_queued(any_age boolean) RETURNS uuid LANGUAGE plpgsql
  SET enable_sort = off
AS $$
DECLARE
  moment timestamptz := clock_timestamp();
  older  timestamptz;
  picked uuid;
BEGIN
  IF NOT any_age THEN
    SELECT min(created_at) INTO older FROM (
      SELECT created_at FROM backtest_jobs WHERE state = 'running' AND lease_expires_at <= moment
      ORDER BY lease_expires_at LIMIT 100
    ) AS abandoned;
  END IF;
  SELECT job_id INTO picked FROM backtest_jobs
  WHERE state = 'queued' AND (not_before IS NULL OR not_before <= moment)
    AND created_at <= COALESCE(older, 'infinity')
  ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED;
  RETURN picked;
END
$$;

-- As before (see 0014), but an owner's jobs are compared as pairs of owner and state, which the index by state and age cannot
-- do: it would go through everybody's jobs to an owner's.
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
    WHERE (user_id, state) >= (owner, 'queued') AND (user_id, state) <= (owner, 'queued')
      AND state = 'queued' AND (not_before IS NULL OR not_before <= clock_timestamp())
    ORDER BY user_id DESC, created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      UPDATE backtest_job_turns SET last_at = moment WHERE user_id = owner;
      RETURN picked;
    END IF;
    UPDATE backtest_job_turns
    SET waiting_since = NULL, due_at = (
      SELECT min(COALESCE(not_before, moment)) FROM backtest_jobs
      WHERE (user_id, state) >= (owner, 'queued') AND (user_id, state) <= (owner, 'queued')
    )
    WHERE user_id = owner;
    locks := true;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION backtest_wait_for_turn() RETURNS trigger LANGUAGE plpgsql
  SET enable_sort = off
AS $$
BEGIN
  INSERT INTO backtest_job_turns AS t (user_id, last_at, waiting_since)
  VALUES (
    NEW.user_id,
    (
      SELECT started_at FROM backtest_jobs WHERE user_id = NEW.user_id AND started_at IS NOT NULL
      ORDER BY started_at DESC LIMIT 1
    ),
    NEW.created_at
  )
  ON CONFLICT (user_id) DO UPDATE
  SET waiting_since = COALESCE(t.waiting_since, excluded.waiting_since),
      last_at = GREATEST(t.last_at, excluded.last_at);
  RETURN NULL;
END
$$;

-- A job cannot be queued again without a new started_at, which has to be null then (see backtest_jobs_state_timestamps_chk).
-- So heartbeats, progress and ends need not be looked at.
CREATE OR REPLACE TRIGGER backtest_job_queued_again_trg
  AFTER UPDATE OF started_at ON backtest_jobs FOR EACH ROW WHEN (NEW.state = 'queued')
  EXECUTE FUNCTION backtest_wait_for_turn();
