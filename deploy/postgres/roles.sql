-- Two roles for an empty database: backtest_owner makes and changes the tables, backtest works with their rows, also of
-- tables that come later. Run by a superuser in that database. Passwords are the files postgres_owner_password and
-- postgres_backtest_password of the server's folder /run/secrets, or of the one that backtest.secrets names.
DO $$
DECLARE
  folder text := coalesce(current_setting('backtest.secrets', true), '/run/secrets');
  role text;
  secret text;
BEGIN
  FOREACH role IN ARRAY ARRAY['backtest_owner', 'backtest'] LOOP
    secret := rtrim(pg_read_file(
      folder || '/postgres_' || replace(role, 'backtest_', '') || '_password'), E'\r\n');
    IF secret = '' THEN RAISE EXCEPTION 'The password of % is empty', role; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN EXECUTE format('CREATE ROLE %I', role); END IF;
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
      role, secret);
  END LOOP;
  EXECUTE format('ALTER DATABASE %I OWNER TO backtest_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO backtest', current_database());
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE backtest_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO backtest;
ALTER DEFAULT PRIVILEGES FOR ROLE backtest_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO backtest;
