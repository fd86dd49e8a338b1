-- Conversations in PostgreSQL 13 or newer. Run it by `psql -f` as the role that shall own the tables; running it
-- again changes nothing. Everything goes into the first schema of the search path; let no other role create there.
--
-- Tables are written by the functions below and by nothing else: roles get the right to execute them, so what
-- they check cannot be skipped. A role acts for the user of its own name; the owner of the tables for all.
--
-- SQLSTATEs: S5001 another writer was first · S5002 another version than expected · S5003 deleted ·
-- S5004 idempotency key reused · S5005 can only be decided after reading · S5006 invalid input · S5007 absent ·
-- S5008 a later session has begun.
-- The detail is JSON: version and checksum that are stored, or the path of what is invalid.
BEGIN;

DO $$ BEGIN
  -- Two migrations at once wait for each other.
  PERFORM pg_advisory_xact_lock(hashtext('s5-conversations'));
  -- Functions keep this path, so that no caller's path leads them to other tables.
  PERFORM set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
  PERFORM set_config('client_min_messages', 'warning', true);
END $$;

CREATE TABLE IF NOT EXISTS conversation_migrations (
  name TEXT PRIMARY KEY,
  applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY
);

-- Title and metadata lie either readable in their columns or together in `sealed`, which holds an envelope as on
-- S5. Of a deleted conversation only the row is left, so that no late write raises it.
CREATE TABLE IF NOT EXISTS conversations (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id TEXT COLLATE "C" NOT NULL,
  title TEXT,
  version INTEGER NOT NULL DEFAULT 1,
  checksum TEXT NOT NULL DEFAULT '',
  last_modified TIMESTAMPTZ NOT NULL DEFAULT now(),
  metadata JSONB NOT NULL DEFAULT '{}',
  -- Names in the metadata that were taken away on purpose: old copies do not bring them back.
  removed_fields TEXT[] NOT NULL DEFAULT '{}',
  sealed BYTEA,
  encrypted BOOLEAN NOT NULL DEFAULT false,
  -- ms since 1970, as the writer said.
  created_at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM now()) * 1000),
  message_count INTEGER NOT NULL DEFAULT 0,
  last_sequence BIGINT NOT NULL DEFAULT 0,
  -- The latest session that writes; older ones are refused.
  session_epoch BIGINT NOT NULL DEFAULT 0,
  deleted_at TIMESTAMPTZ,
  UNIQUE (user_id, id)
);

CREATE INDEX IF NOT EXISTS conversations_newest_first
  ON conversations (user_id, last_modified DESC, id DESC) WHERE deleted_at IS NULL;

-- One row a message. `body` is readable, `sealed` an envelope; a deleted message has neither.
CREATE TABLE IF NOT EXISTS conversation_messages (
  user_id TEXT NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  -- The version that wrote the row.
  version INTEGER NOT NULL,
  body JSONB,
  sealed BYTEA,
  PRIMARY KEY (user_id, conversation_id, sequence),
  UNIQUE (user_id, conversation_id, id),
  FOREIGN KEY (user_id, conversation_id) REFERENCES conversations (user_id, id) ON DELETE CASCADE,
  CHECK (body IS NULL OR sealed IS NULL)
);

-- Rows that were replaced move here.
CREATE TABLE IF NOT EXISTS conversation_history (
  user_id TEXT NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  replaced_in INTEGER NOT NULL,
  body JSONB,
  sealed BYTEA,
  PRIMARY KEY (user_id, conversation_id, sequence, version),
  FOREIGN KEY (user_id, conversation_id) REFERENCES conversations (user_id, id) ON DELETE CASCADE
);

-- Versions that are kept for good: those before an overwrite or a deletion of messages.
CREATE TABLE IF NOT EXISTS conversation_versions (
  user_id TEXT NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  version INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  last_modified TIMESTAMPTZ NOT NULL,
  title TEXT,
  metadata JSONB NOT NULL,
  removed_fields TEXT[] NOT NULL,
  sealed BYTEA,
  message_count INTEGER NOT NULL,
  PRIMARY KEY (user_id, conversation_id, version),
  FOREIGN KEY (user_id, conversation_id) REFERENCES conversations (user_id, id) ON DELETE CASCADE
);

-- What calls with an idempotency key leave behind, for 30 days.
CREATE TABLE IF NOT EXISTS conversation_receipts (
  user_id TEXT NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  key TEXT NOT NULL,
  input TEXT NOT NULL,
  version INTEGER NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL DEFAULT now() + interval '30 days',
  PRIMARY KEY (user_id, conversation_id, key),
  FOREIGN KEY (user_id, conversation_id) REFERENCES conversations (user_id, id) ON DELETE CASCADE
);

-- Who calls -----------------------------------------------------------------------------------------------------

-- The role that calls, also inside a SECURITY DEFINER function.
CREATE OR REPLACE FUNCTION conversation_role() RETURNS TEXT LANGUAGE sql STABLE
AS $$ SELECT CASE current_setting('role') WHEN 'none' THEN session_user::TEXT ELSE current_setting('role') END $$;

-- The user that the calling role is. For Supabase's role `authenticated`: the subject of the verified token.
CREATE OR REPLACE FUNCTION conversation_caller() RETURNS TEXT LANGUAGE sql STABLE SET search_path FROM CURRENT
AS $$ SELECT CASE conversation_role()
  WHEN 'authenticated' THEN nullif(current_setting('request.jwt.claims', true), '')::JSONB ->> 'sub'
  ELSE conversation_role()
END $$;

-- `p_user_id`, or the caller where it is NULL, if the caller may act for it.
CREATE OR REPLACE FUNCTION require_conversation_user(p_user_id TEXT) RETURNS TEXT LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT AS $$
DECLARE
  v_caller TEXT := conversation_caller();
BEGIN
  IF p_user_id IS NULL AND v_caller IS NOT NULL OR p_user_id = v_caller THEN RETURN v_caller; END IF;
  -- Inside SECURITY DEFINER functions, current_user is the owner of the tables.
  IF p_user_id IS NOT NULL AND EXISTS (
    SELECT FROM pg_roles
    WHERE rolname = conversation_role() AND (rolbypassrls OR pg_has_role(oid, current_user, 'USAGE'))
  ) THEN RETURN p_user_id; END IF;
  RAISE EXCEPTION 'this role does not act for this user' USING ERRCODE = 'insufficient_privilege';
END $$;

-- Checks ----------------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION refuse_conversation_input(p_path TEXT, p_problem TEXT) RETURNS VOID LANGUAGE plpgsql
AS $$ BEGIN
  RAISE EXCEPTION '%: %', p_path, p_problem
    USING ERRCODE = 'S5006', DETAIL = jsonb_build_object('path', p_path, 'problem', p_problem);
END $$;

CREATE OR REPLACE FUNCTION refuse_conversation(p_state TEXT, p_problem TEXT, p_conversation conversations)
RETURNS VOID LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION '%', p_problem USING ERRCODE = p_state, DETAIL =
    jsonb_build_object('version', p_conversation.version, 'checksum', p_conversation.checksum);
END $$;

CREATE OR REPLACE FUNCTION is_conversation_id(p_id TEXT) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE
AS $$ SELECT p_id IS NOT NULL AND octet_length(p_id) BETWEEN 1 AND 512 AND p_id !~ '[\x01-\x1f\x7f-\x9f]' $$;

-- What is wrong with one message; NULL where nothing is. A sealed one and a deleted one have no readable parts.
CREATE OR REPLACE FUNCTION conversation_message_problem(m JSONB) RETURNS TEXT LANGUAGE sql IMMUTABLE
SET search_path FROM CURRENT AS $$ SELECT CASE
  WHEN jsonb_typeof(m) <> 'object' THEN 'must be an object'
  WHEN m ? 'id' AND (jsonb_typeof(m -> 'id') <> 'string' OR NOT is_conversation_id(m ->> 'id'))
    THEN 'id must be a text of 1 to 512 bytes without control characters'
  WHEN octet_length(m::TEXT) > 4194304 THEN 'is larger than 4 MiB'
  WHEN m ? 'sealed' OR m ? 'deleted' THEN CASE WHEN NOT m ? 'id' THEN 'needs an id' END
  WHEN EXISTS (
    SELECT FROM unnest('{createdAt,editedAt,version}'::TEXT[]) name WHERE m ? name
      AND (jsonb_typeof(m -> name) <> 'number' OR m ->> name !~ '^\d{1,16}$')
  ) THEN 'createdAt and editedAt must be whole numbers of ms since 1970'
  WHEN m ? 'metadata' AND jsonb_typeof(m -> 'metadata') <> 'object' THEN 'metadata must be an object'
  WHEN coalesce(m ->> 'role', '') NOT IN ('system', 'user', 'assistant', 'tool')
    THEN 'role must be one of system, user, assistant, tool'
  WHEN jsonb_typeof(m -> 'content') = 'array' AND m -> 'content' <> '[]' THEN NULL
  WHEN jsonb_typeof(m -> 'content') = 'string' AND m -> 'content' <> '""' THEN NULL
  ELSE 'content must be a text that is not empty, or a list of parts'
END $$;

CREATE OR REPLACE FUNCTION check_conversation_input(p_conversation_id TEXT, p_messages JSONB) RETURNS VOID
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  v_bad RECORD;
BEGIN
  IF NOT coalesce(is_conversation_id(p_conversation_id), false) THEN
    PERFORM refuse_conversation_input('conversationId', 'must be a text of 1 to 512 bytes without control characters');
  END IF;
  IF jsonb_typeof(p_messages) IS DISTINCT FROM 'array' THEN
    PERFORM refuse_conversation_input('messages', 'must be an array');
  END IF;
  SELECT ordinality - 1 AS i, conversation_message_problem(value) AS problem INTO v_bad
  FROM jsonb_array_elements(p_messages) WITH ORDINALITY
  WHERE conversation_message_problem(value) IS NOT NULL LIMIT 1;
  IF FOUND THEN PERFORM refuse_conversation_input(format('messages[%s]', v_bad.i), v_bad.problem); END IF;
END $$;

-- Parts of a write ------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION conversation_now_ms() RETURNS BIGINT LANGUAGE sql VOLATILE
AS $$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT $$;

-- Messages as rows. One without an id gets one made of its conversation, place, role and content; fields that
-- messages do not have go to its metadata.
CREATE OR REPLACE FUNCTION conversation_rows(p_conversation_id TEXT, p_messages JSONB)
RETURNS TABLE (place BIGINT, id TEXT, version INTEGER, body JSONB, sealed BYTEA) LANGUAGE sql VOLATILE
SET search_path FROM CURRENT AS $$
  SELECT ordinality,
    coalesce(m ->> 'id', md5(jsonb_build_array(p_conversation_id, ordinality, m -> 'role', m -> 'content')::TEXT)),
    (m ->> 'version')::INTEGER,
    CASE WHEN NOT m ?| '{sealed,deleted}' THEN
      jsonb_build_object('createdAt', conversation_now_ms()) || (m - other.names - '{id,version}'::TEXT[]) ||
      CASE WHEN other.names = '{}' THEN '{}' ELSE jsonb_build_object('metadata', coalesce(m -> 'metadata', '{}') ||
        (m - '{id,version,role,content,createdAt,editedAt,parentId,metadata}'::TEXT[])) END
    END,
    decode(m ->> 'sealed', 'hex')
  FROM jsonb_array_elements(p_messages) WITH ORDINALITY AS each (m, ordinality),
    LATERAL (SELECT ARRAY(SELECT jsonb_object_keys(
      m - '{id,version,role,content,createdAt,editedAt,parentId,metadata}'::TEXT[])) AS names) other
$$;

-- Locks the conversation until the end of the transaction; one that is new is made, as version 0.
CREATE OR REPLACE FUNCTION lock_conversation(p_user_id TEXT, p_conversation_id TEXT) RETURNS conversations
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  c conversations;
BEGIN
  SELECT * INTO c FROM conversations WHERE user_id = p_user_id AND id = p_conversation_id FOR NO KEY UPDATE;
  IF FOUND THEN RETURN c; END IF;
  INSERT INTO users (id) VALUES (p_user_id) ON CONFLICT DO NOTHING;
  INSERT INTO conversations (user_id, id, version) VALUES (p_user_id, p_conversation_id, 0) ON CONFLICT DO NOTHING;
  SELECT * INTO c FROM conversations WHERE user_id = p_user_id AND id = p_conversation_id FOR NO KEY UPDATE;
  RETURN c;
END $$;

-- The version that a call with this key made; NULL where it was not made yet.
CREATE OR REPLACE FUNCTION find_conversation_receipt(c conversations, p_key TEXT, p_input TEXT) RETURNS INTEGER
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r conversation_receipts;
BEGIN
  IF p_key IS NULL THEN RETURN NULL; END IF;
  SELECT * INTO r FROM conversation_receipts
  WHERE user_id = c.user_id AND conversation_id = c.id AND key = p_key AND expires_at > now();
  IF r.input <> p_input THEN
    PERFORM refuse_conversation('S5004', 'this idempotency key was used already with other input', c);
  END IF;
  RETURN r.version;
END $$;

CREATE OR REPLACE FUNCTION keep_conversation_receipt(c conversations, p_key TEXT, p_input TEXT) RETURNS VOID
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF p_key IS NULL THEN RETURN; END IF;
  DELETE FROM conversation_receipts
  WHERE user_id = c.user_id AND conversation_id = c.id AND expires_at <= now();
  INSERT INTO conversation_receipts (user_id, conversation_id, key, input, version)
  VALUES (c.user_id, c.id, p_key, p_input, c.version);
END $$;

CREATE OR REPLACE FUNCTION refuse_deleted_conversation(c conversations) RETURNS VOID
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF c.deleted_at IS NOT NULL THEN PERFORM refuse_conversation('S5003', 'the conversation was deleted', c); END IF;
END $$;

-- A new conversation takes any expected version.
CREATE OR REPLACE FUNCTION refuse_conversation_version(c conversations, p_expected_version INTEGER) RETURNS VOID
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF c.version > 0 AND c.version <> p_expected_version THEN
    PERFORM refuse_conversation('S5002', format('expected version %s, but version %s is stored',
      p_expected_version, c.version), c);
  END IF;
END $$;

-- Writes messages as those of the next version: a new one goes to the end, a known one is replaced in its place and
-- its row moves to the history. `p_are_new`: S5005 where one is known. Gives back `c` with what became of it.
CREATE OR REPLACE FUNCTION write_conversation_messages(
  c conversations, p_messages JSONB, p_are_new BOOLEAN, p_is_rewrite BOOLEAN
) RETURNS conversations LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  v_version INTEGER := c.version + 1;
  r RECORD;
  v_is_live BOOLEAN;
  v_known conversation_messages;
BEGIN
  FOR r IN SELECT * FROM conversation_rows(c.id, p_messages) ORDER BY place LOOP
    v_is_live := r.body IS NOT NULL OR r.sealed IS NOT NULL;
    INSERT INTO conversation_messages (user_id, conversation_id, sequence, id, version, body, sealed)
    VALUES (c.user_id, c.id, c.last_sequence + 1, r.id, v_version, r.body, r.sealed)
    ON CONFLICT (user_id, conversation_id, id) DO NOTHING;
    IF FOUND THEN
      c.last_sequence := c.last_sequence + 1;
      c.message_count := c.message_count + v_is_live::INTEGER;
      CONTINUE;
    ELSIF p_are_new THEN
      PERFORM refuse_conversation('S5005', format('message %s is there already', r.id), c);
    END IF;
    SELECT * INTO v_known FROM conversation_messages m
    WHERE m.user_id = c.user_id AND m.conversation_id = c.id AND m.id = r.id;
    IF NOT p_is_rewrite THEN
      INSERT INTO conversation_history VALUES (c.user_id, c.id, v_known.sequence, r.id, v_known.version, v_version,
        v_known.body, v_known.sealed);
    END IF;
    UPDATE conversation_messages m SET body = r.body, sealed = r.sealed,
      version = CASE WHEN p_is_rewrite THEN least(coalesce(r.version, v_version), v_version) ELSE v_version END
    WHERE m.user_id = c.user_id AND m.conversation_id = c.id AND m.sequence = v_known.sequence;
    c.message_count := c.message_count + v_is_live::INTEGER
      - (v_known.body IS NOT NULL OR v_known.sealed IS NOT NULL)::INTEGER;
  END LOOP;
  RETURN c;
END $$;

-- Makes the next version: `c` with what its columns say already, and these messages.
CREATE OR REPLACE FUNCTION advance_conversation(
  c conversations, p_messages JSONB, p_keep BOOLEAN DEFAULT false, p_is_rewrite BOOLEAN DEFAULT false,
  p_are_new BOOLEAN DEFAULT false
) RETURNS conversations LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF p_is_rewrite THEN
    -- What was kept in the other scheme is let go: nothing stays readable that is to be sealed.
    DELETE FROM conversation_history WHERE user_id = c.user_id AND conversation_id = c.id;
    DELETE FROM conversation_versions WHERE user_id = c.user_id AND conversation_id = c.id;
  ELSIF p_keep AND c.version > 0 THEN
    INSERT INTO conversation_versions SELECT user_id, id, version, checksum, last_modified, title, metadata,
      removed_fields, sealed, message_count FROM conversations WHERE user_id = c.user_id AND id = c.id;
  END IF;
  c := write_conversation_messages(c, p_messages, p_are_new, p_is_rewrite);
  UPDATE conversations SET
    version = c.version + 1,
    title = c.title, metadata = c.metadata, removed_fields = c.removed_fields, sealed = c.sealed,
    encrypted = c.encrypted, created_at = c.created_at, deleted_at = c.deleted_at,
    message_count = c.message_count, last_sequence = c.last_sequence, session_epoch = c.session_epoch,
    last_modified = greatest(clock_timestamp(), last_modified),
    checksum = encode(sha256(convert_to(jsonb_build_array(c.checksum, c.version + 1, c.title, c.metadata,
      encode(c.sealed, 'hex'), p_messages)::TEXT, 'UTF8')), 'hex')
  WHERE user_id = c.user_id AND id = c.id
  RETURNING * INTO c;
  RETURN c;
END $$;

-- Leaves only that it was there.
CREATE OR REPLACE FUNCTION erase_conversation(c conversations) RETURNS conversations
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM conversation_messages WHERE user_id = c.user_id AND conversation_id = c.id;
  DELETE FROM conversation_history WHERE user_id = c.user_id AND conversation_id = c.id;
  DELETE FROM conversation_versions WHERE user_id = c.user_id AND conversation_id = c.id;
  DELETE FROM conversation_receipts WHERE user_id = c.user_id AND conversation_id = c.id;
  c.title := NULL; c.metadata := '{}'; c.removed_fields := '{}'; c.sealed := NULL;
  c.message_count := 0; c.deleted_at := clock_timestamp();
  RETURN advance_conversation(c, '[]');
END $$;

-- Tells whoever listens that a conversation changed, in words that only those understand who know its name.
CREATE OR REPLACE FUNCTION notify_conversation() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM pg_notify('conversations', encode(sha256(convert_to(NEW.user_id || E'\n' || NEW.id, 'UTF8')), 'hex'));
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS notify_conversation ON conversations;
CREATE TRIGGER notify_conversation AFTER UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION notify_conversation();

-- The calls -------------------------------------------------------------------------------------------------------

-- Adds messages whose ids are new; one row each, one round trip. S5005 where an id is known or the conversation is
-- kept in the other scheme.
CREATE OR REPLACE FUNCTION append_messages(
  p_user_id TEXT, p_conversation_id TEXT, p_messages JSONB,
  p_expected_version INTEGER DEFAULT NULL, p_idempotency_key TEXT DEFAULT NULL, p_input TEXT DEFAULT NULL,
  p_encrypted BOOLEAN DEFAULT false, p_session_epoch BIGINT DEFAULT NULL
) RETURNS TABLE (version INTEGER, checksum TEXT, outcome TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
  v_input TEXT := coalesce(p_input, md5(p_messages::TEXT));
  v_replay INTEGER;
  c conversations;
BEGIN
  PERFORM check_conversation_input(p_conversation_id, p_messages);
  c := lock_conversation(v_user, p_conversation_id);
  PERFORM refuse_deleted_conversation(c);
  v_replay := find_conversation_receipt(c, p_idempotency_key, v_input);
  IF v_replay IS NOT NULL THEN
    RETURN QUERY SELECT v_replay, c.checksum, 'PERSISTENCE_IDEMPOTENT_REPLAY';
    RETURN;
  END IF;
  PERFORM refuse_conversation_version(c, p_expected_version);
  IF c.version > 0 AND c.encrypted <> p_encrypted THEN
    PERFORM refuse_conversation('S5005', 'the conversation is kept in the other scheme', c);
  END IF;
  IF p_session_epoch < c.session_epoch THEN
    PERFORM refuse_conversation('S5008', 'a later session has begun', c);
  END IF;
  c.session_epoch := greatest(c.session_epoch, p_session_epoch);
  c.encrypted := p_encrypted;
  c := advance_conversation(c, p_messages, p_are_new => true);
  PERFORM keep_conversation_receipt(c, p_idempotency_key, v_input);
  RETURN QUERY SELECT c.version, c.checksum, 'COMMITTED';
END $$;

-- Makes what a writer worked out on the version it has read the next one. S5001 where that is not current any more.
-- `p_state` holds title, metadata, removedFields, sealed (hex), encrypted, createdAt, sessionEpoch, keep, delete,
-- messages and receipts ([key, input] each).
CREATE OR REPLACE FUNCTION commit_conversation(
  p_user_id TEXT, p_conversation_id TEXT, p_base_version INTEGER, p_base_checksum TEXT, p_state JSONB
) RETURNS TABLE (version INTEGER, checksum TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
  v_is_rewrite BOOLEAN;
  c conversations;
BEGIN
  PERFORM check_conversation_input(p_conversation_id, p_state -> 'messages');
  c := lock_conversation(v_user, p_conversation_id);
  IF (c.version, c.checksum) IS DISTINCT FROM (p_base_version, p_base_checksum) THEN
    PERFORM refuse_conversation('S5001', 'another writer was first', c);
  END IF;
  PERFORM refuse_deleted_conversation(c);
  IF (p_state ->> 'delete')::BOOLEAN THEN
    c := erase_conversation(c);
    RETURN QUERY SELECT c.version, c.checksum;
    RETURN;
  END IF;
  v_is_rewrite := c.version > 0 AND c.encrypted <> (p_state ->> 'encrypted')::BOOLEAN;
  c.title := p_state ->> 'title';
  c.metadata := p_state -> 'metadata';
  c.removed_fields := ARRAY(SELECT jsonb_array_elements_text(p_state -> 'removedFields'));
  c.sealed := decode(p_state ->> 'sealed', 'hex');
  c.encrypted := (p_state ->> 'encrypted')::BOOLEAN;
  c.created_at := coalesce((p_state ->> 'createdAt')::BIGINT, c.created_at);
  c.session_epoch := greatest(c.session_epoch, (p_state ->> 'sessionEpoch')::BIGINT);
  c := advance_conversation(c, p_state -> 'messages', (p_state ->> 'keep')::BOOLEAN, v_is_rewrite);
  PERFORM keep_conversation_receipt(c, receipt ->> 0, receipt ->> 1)
  FROM jsonb_array_elements(p_state -> 'receipts') receipt;
  RETURN QUERY SELECT c.version, c.checksum;
END $$;

-- Saves a readable conversation. Adds what is new; what is stored stays, unless the copy has a later `editedAt`.
-- A forced overwrite leaves exactly what is given, and keeps the version before. NULL leaves title and metadata.
CREATE OR REPLACE FUNCTION save_conversation(
  p_user_id TEXT, p_conversation_id TEXT, p_title TEXT, p_messages JSONB, p_force_overwrite BOOLEAN DEFAULT false,
  p_expected_version INTEGER DEFAULT NULL, p_idempotency_key TEXT DEFAULT NULL, p_metadata JSONB DEFAULT NULL
) RETURNS TABLE (version INTEGER, checksum TEXT, last_modified TIMESTAMPTZ, message_count INTEGER, ignored TEXT[], outcome TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
  v_input TEXT := md5(jsonb_build_array(p_title, p_messages, p_force_overwrite, p_metadata)::TEXT);
  v_replay INTEGER;
  v_messages JSONB;
  v_ignored TEXT[];
  c conversations;
BEGIN
  PERFORM check_conversation_input(p_conversation_id, p_messages);
  IF jsonb_typeof(p_metadata) <> 'object' THEN PERFORM refuse_conversation_input('metadata', 'must be an object'); END IF;
  c := lock_conversation(v_user, p_conversation_id);
  PERFORM refuse_deleted_conversation(c);
  v_replay := find_conversation_receipt(c, p_idempotency_key, v_input);
  IF v_replay IS NOT NULL THEN
    RETURN QUERY SELECT v_replay, c.checksum, c.last_modified, c.message_count, '{}'::TEXT[], 'PERSISTENCE_IDEMPOTENT_REPLAY';
    RETURN;
  END IF;
  PERFORM refuse_conversation_version(c, p_expected_version);
  IF c.encrypted THEN PERFORM refuse_conversation_input('conversationId', 'names a sealed conversation'); END IF;

  WITH incoming AS (SELECT * FROM conversation_rows(c.id, p_messages)),
  stored AS (SELECT * FROM conversation_messages m WHERE m.user_id = c.user_id AND m.conversation_id = c.id),
  compared AS (
    SELECT i.id, i.place,
      i.body || CASE WHEN s.body IS NULL THEN '{}' ELSE jsonb_build_object('createdAt', s.body -> 'createdAt') END AS body,
      CASE
      WHEN s.id IS NULL THEN 'write'
      WHEN s.body - '{createdAt,editedAt}'::TEXT[] = i.body - '{createdAt,editedAt}'::TEXT[] THEN 'same'
      WHEN s.body IS NULL AND s.sealed IS NULL THEN 'ignored'
      WHEN p_force_overwrite THEN 'write'
      WHEN (i.body ->> 'editedAt')::NUMERIC > coalesce(s.body ->> 'editedAt', s.body ->> 'createdAt')::NUMERIC THEN 'write'
      ELSE 'ignored' END AS decision
    FROM incoming i LEFT JOIN stored s USING (id)
  ),
  written AS (
    SELECT place, body || jsonb_build_object('id', id) AS message FROM compared WHERE decision = 'write'
    UNION ALL
    SELECT NULL, jsonb_build_object('id', id, 'deleted', true) FROM stored
    WHERE p_force_overwrite AND body IS NOT NULL AND id NOT IN (SELECT id FROM incoming)
  )
  SELECT coalesce((SELECT jsonb_agg(message ORDER BY place) FROM written), '[]'),
    ARRAY(SELECT id FROM compared WHERE decision = 'ignored' ORDER BY place)
  INTO v_messages, v_ignored;

  c.title := coalesce(p_title, c.title);
  IF p_force_overwrite AND p_metadata IS NOT NULL THEN c.metadata := p_metadata;
  ELSE c.metadata := c.metadata || coalesce(p_metadata, '{}'); END IF;
  c := advance_conversation(c, v_messages, p_force_overwrite);
  PERFORM keep_conversation_receipt(c, p_idempotency_key, v_input);
  RETURN QUERY SELECT c.version, c.checksum, c.last_modified, c.message_count, v_ignored, 'COMMITTED';
END $$;

-- Deletes for good; again changes nothing.
CREATE OR REPLACE FUNCTION delete_conversation(
  p_user_id TEXT, p_conversation_id TEXT, p_expected_version INTEGER DEFAULT NULL
) RETURNS TABLE (version INTEGER, outcome TEXT)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
  c conversations;
BEGIN
  PERFORM check_conversation_input(p_conversation_id, '[]');
  c := lock_conversation(v_user, p_conversation_id);
  IF c.version = 0 THEN PERFORM refuse_conversation('S5007', 'there is no such conversation', c); END IF;
  IF c.deleted_at IS NOT NULL THEN
    RETURN QUERY SELECT c.version, 'PERSISTENCE_IDEMPOTENT_REPLAY';
    RETURN;
  END IF;
  PERFORM refuse_conversation_version(c, p_expected_version);
  c := erase_conversation(c);
  RETURN QUERY SELECT c.version, 'COMMITTED';
END $$;

-- A page of the conversations that exist, the newest first; `cursor` of the last row gives the next page.
CREATE OR REPLACE FUNCTION load_conversations(
  p_user_id TEXT, p_cursor TEXT DEFAULT NULL, p_limit INTEGER DEFAULT NULL
) RETURNS TABLE (
  id TEXT, title TEXT, version INTEGER, checksum TEXT, last_modified TIMESTAMPTZ, metadata JSONB,
  created_at BIGINT, message_count INTEGER, encrypted BOOLEAN, sealed BYTEA, cursor TEXT
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
  v_parts TEXT[] := regexp_match(p_cursor, '^(\d{1,17})\.(.+)$');
  v_before TIMESTAMPTZ := 'infinity';
BEGIN
  IF p_cursor IS NOT NULL THEN
    IF v_parts IS NULL THEN PERFORM refuse_conversation_input('options.cursor', 'must be one that listConversations gave'); END IF;
    v_before := 'epoch'::TIMESTAMPTZ + v_parts[1]::BIGINT * interval '1 microsecond';
  END IF;
  RETURN QUERY
  SELECT c.id, c.title, c.version, c.checksum, c.last_modified, c.metadata, c.created_at, c.message_count,
    c.encrypted, c.sealed, (extract(epoch FROM c.last_modified) * 1000000)::BIGINT || '.' || c.id
  FROM conversations c
  WHERE c.user_id = v_user AND c.deleted_at IS NULL AND c.version > 0
    AND (c.last_modified, c.id) < (v_before, coalesce(v_parts[2], ''))
  ORDER BY c.last_modified DESC, c.id DESC LIMIT p_limit;
END $$;

-- The messages that are there, in order: all, or the last `p_limit` before the message `p_before`; of the current
-- version, or of an older one that is kept.
CREATE OR REPLACE FUNCTION load_messages(
  p_user_id TEXT, p_conversation_id TEXT, p_before TEXT DEFAULT NULL, p_limit INTEGER DEFAULT NULL,
  p_version INTEGER DEFAULT NULL
) RETURNS TABLE (sequence BIGINT, id TEXT, version INTEGER, body JSONB, sealed BYTEA)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
  v_end BIGINT := 9223372036854775807;
BEGIN
  IF p_before IS NOT NULL THEN
    SELECT coalesce(max(m.sequence), 0) INTO v_end FROM conversation_messages m
    WHERE m.user_id = v_user AND m.conversation_id = p_conversation_id AND m.id = p_before;
  END IF;
  IF p_version IS NULL THEN
    RETURN QUERY SELECT * FROM (
      SELECT m.sequence, m.id, m.version, m.body, m.sealed FROM conversation_messages m
      WHERE m.user_id = v_user AND m.conversation_id = p_conversation_id AND m.sequence < v_end
        AND (m.body IS NOT NULL OR m.sealed IS NOT NULL)
      ORDER BY m.sequence DESC LIMIT p_limit
    ) page ORDER BY sequence;
  ELSE
    RETURN QUERY SELECT * FROM (
      SELECT m.sequence, m.id, m.version, m.body, m.sealed FROM (
        SELECT m.sequence, m.id, m.version, m.body, m.sealed FROM conversation_messages m
        WHERE m.user_id = v_user AND m.conversation_id = p_conversation_id AND m.version <= p_version
        UNION ALL
        SELECT h.sequence, h.id, h.version, h.body, h.sealed FROM conversation_history h
        WHERE h.user_id = v_user AND h.conversation_id = p_conversation_id AND h.version <= p_version
          AND h.replaced_in > p_version
      ) m
      WHERE m.sequence < v_end AND (m.body IS NOT NULL OR m.sealed IS NOT NULL)
      ORDER BY m.sequence DESC LIMIT p_limit
    ) page ORDER BY sequence;
  END IF;
END $$;

-- What a writer reads before it decides: these messages or all, deleted ones among them.
CREATE OR REPLACE FUNCTION load_records(p_user_id TEXT, p_conversation_id TEXT, p_ids TEXT[] DEFAULT NULL)
RETURNS TABLE (sequence BIGINT, id TEXT, version INTEGER, body JSONB, sealed BYTEA)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
BEGIN
  IF p_ids IS NULL THEN
    RETURN QUERY SELECT m.sequence, m.id, m.version, m.body, m.sealed FROM conversation_messages m
    WHERE m.user_id = v_user AND m.conversation_id = p_conversation_id ORDER BY m.sequence;
  ELSE
    RETURN QUERY SELECT m.sequence, m.id, m.version, m.body, m.sealed FROM conversation_messages m
    WHERE m.user_id = v_user AND m.conversation_id = p_conversation_id AND m.id = ANY (p_ids) ORDER BY m.sequence;
  END IF;
END $$;

-- One conversation without its messages, a deleted one too; `p_version` an older version that is kept. `receipts`
-- are those of `p_keys`: [key, input, version] each.
CREATE OR REPLACE FUNCTION load_conversation(
  p_user_id TEXT, p_conversation_id TEXT, p_version INTEGER DEFAULT NULL, p_keys TEXT[] DEFAULT '{}'
) RETURNS TABLE (
  version INTEGER, checksum TEXT, last_modified TIMESTAMPTZ, title TEXT, metadata JSONB, removed_fields TEXT[],
  sealed BYTEA, encrypted BOOLEAN, created_at BIGINT, message_count INTEGER, deleted BOOLEAN, session_epoch BIGINT, receipts JSONB
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
BEGIN
  RETURN QUERY
  SELECT c.version, c.checksum, c.last_modified, c.title, c.metadata, c.removed_fields, c.sealed, c.encrypted,
    c.created_at, c.message_count, c.deleted_at IS NOT NULL, c.session_epoch, (
      SELECT coalesce(jsonb_agg(jsonb_build_array(r.key, r.input, r.version)), '[]') FROM conversation_receipts r
      WHERE r.user_id = v_user AND r.conversation_id = c.id AND r.key = ANY (p_keys) AND r.expires_at > now()
    )
  FROM conversations c
  WHERE c.user_id = v_user AND c.id = p_conversation_id AND (p_version IS NULL OR c.version = p_version)
  UNION ALL
  SELECT k.version, k.checksum, k.last_modified, k.title, k.metadata, k.removed_fields, k.sealed, c.encrypted,
    c.created_at, k.message_count, false, c.session_epoch, '[]'
  FROM conversation_versions k JOIN conversations c ON c.user_id = k.user_id AND c.id = k.conversation_id
  WHERE k.user_id = v_user AND k.conversation_id = p_conversation_id AND k.version = p_version;
END $$;

-- The versions that can be loaded, the newest first.
CREATE OR REPLACE FUNCTION load_versions(p_user_id TEXT, p_conversation_id TEXT)
RETURNS TABLE (version INTEGER, checksum TEXT, last_modified TIMESTAMPTZ, message_count INTEGER)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  v_user TEXT := require_conversation_user(p_user_id);
BEGIN
  RETURN QUERY
  SELECT c.version, c.checksum, c.last_modified, c.message_count FROM conversations c
  WHERE c.user_id = v_user AND c.id = p_conversation_id AND c.deleted_at IS NULL
  UNION ALL
  SELECT k.version, k.checksum, k.last_modified, k.message_count FROM conversation_versions k
  WHERE k.user_id = v_user AND k.conversation_id = p_conversation_id
  ORDER BY version DESC;
END $$;

-- Moves a user's conversations out of an application's JSON column: under `conversations` in `app_state`, a list of
-- {id, title, messages, metadata} or a map of them by id. All of them are saved and taken out, or none; gives back
-- how many. Runs with the rights of its caller.
CREATE OR REPLACE FUNCTION import_app_state(
  p_user_id TEXT, p_table REGCLASS DEFAULT 'users', p_user_column NAME DEFAULT 'id', p_column NAME DEFAULT 'app_state'
) RETURNS INTEGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  v_state JSONB;
  v_found JSONB;
  v_item JSONB;
  v_count INTEGER := 0;
BEGIN
  EXECUTE format('SELECT %I::JSONB FROM %s WHERE %I::TEXT = $1 FOR UPDATE', p_column, p_table, p_user_column)
    INTO v_state USING p_user_id;
  v_found := v_state -> 'conversations';
  IF jsonb_typeof(v_found) = 'object' THEN
    SELECT jsonb_agg(jsonb_build_object('id', key) || value) INTO v_found FROM jsonb_each(v_found);
  END IF;
  IF jsonb_typeof(v_found) IS DISTINCT FROM 'array' THEN RETURN 0; END IF;
  FOR v_item IN SELECT jsonb_array_elements(v_found) LOOP
    PERFORM save_conversation(p_user_id, v_item ->> 'id', v_item ->> 'title', v_item -> 'messages', false, NULL, NULL,
      v_item -> 'metadata');
    v_count := v_count + 1;
  END LOOP;
  EXECUTE format('UPDATE %s SET %I = %I::JSONB - ''conversations'' WHERE %I::TEXT = $1', p_table, p_column, p_column,
    p_user_column) USING p_user_id;
  RETURN v_count;
END $$;

-- Who may do what --------------------------------------------------------------------------------------------------

DO $$
DECLARE
  v_name TEXT;
BEGIN
  FOREACH v_name IN ARRAY '{conversations,conversation_messages,conversation_history,conversation_versions,conversation_receipts}'::TEXT[] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_name);
    EXECUTE format('DROP POLICY IF EXISTS own_rows ON %I', v_name);
    EXECUTE format('CREATE POLICY own_rows ON %I USING (user_id = (SELECT conversation_caller()))', v_name);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', v_name);
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION append_messages, commit_conversation, save_conversation, delete_conversation, load_conversations,
  load_messages, load_records, load_conversation, load_versions FROM PUBLIC;

-- Lets a role keep the conversations of the user of its name: call the functions, and read its own rows.
CREATE OR REPLACE FUNCTION allow_conversations(p_role REGROLE) RETURNS VOID LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('GRANT SELECT ON conversations, conversation_messages, conversation_history, conversation_versions TO %s', p_role);
  EXECUTE format('GRANT EXECUTE ON FUNCTION append_messages, commit_conversation, save_conversation,
    delete_conversation, load_conversations, load_messages, load_records, load_conversation, load_versions TO %s', p_role);
END $$;

INSERT INTO conversation_migrations (name) VALUES ('0001_conversations') ON CONFLICT DO NOTHING;

COMMIT;
