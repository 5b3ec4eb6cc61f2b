/**
 * The first schema. Indexes serve exactly the queries in `readers/` and `operations/`: lists newest
 * first, claimable executions, timers, and what refers to a resource.
 */
export const version1 = `
create table counter (
  name text primary key, value integer not null, sha256 blob not null
) strict, without rowid;

create table resource (
  id text primary key not null,
  kind integer not null,
  org text not null,
  slug text,
  name text not null,
  resource_version integer not null,
  created_at integer not null,
  updated_at integer not null,
  revision_hash text,
  parent_id text references resource (id) on delete cascade,
  phase integer not null,
  body blob not null,
  sha256 blob not null
) strict;
create unique index resource_slug on resource (kind, org, slug) where slug is not null;
create index resource_name on resource (kind, org, name);
create index resource_newest on resource (kind, created_at, id, org, phase);
create index resource_parent on resource (parent_id, kind, created_at, id) where parent_id is not null;

create table label (
  resource_id text not null references resource (id) on delete cascade,
  key text not null,
  value text not null,
  primary key (resource_id, key)
) strict, without rowid;

create table reference (
  from_id text not null references resource (id) on delete cascade,
  to_id text not null,
  primary key (from_id, to_id)
) strict, without rowid;
create index reference_to on reference (to_id);

create table revision (
  hash text primary key not null, kind integer not null, body blob not null, sha256 blob not null
) strict;

create table request (
  request_id text not null,
  method text not null,
  resource_id text not null,
  fingerprint text not null,
  at integer not null,
  primary key (request_id, method)
) strict, without rowid;
create index request_age on request (at);

create table execution (
  id text primary key not null references resource (id) on delete cascade,
  kind integer not null,
  session_id text,
  phase integer not null,
  state text not null check (state in ('ready', 'leased', 'waiting', 'ended')),
  created_at integer not null,
  runner_id text,
  fencing_token integer not null,
  lease_until integer,
  wake_at integer,
  wait_topic text,
  cancel_reason text,
  attempt integer not null,
  credential_providers text,
  last_seq integer not null,
  sha256 blob not null
) strict, without rowid;
create index execution_state on execution (state, created_at, id);
create index execution_timer on execution (wake_at) where state = 'waiting' and wake_at is not null;
create index execution_lease on execution (lease_until) where state = 'leased';
create index execution_session on execution (session_id, created_at, id) where session_id is not null;
create index execution_turn on execution (session_id, created_at, id)
  where session_id is not null and state <> 'ended';

create table pinned_revision (
  execution_id text not null references execution (id) on delete cascade,
  hash text not null references revision (hash),
  primary key (execution_id, hash)
) strict, without rowid;
create index pinned_revision_hash on pinned_revision (hash);

create table journal (
  execution_id text not null references execution (id) on delete cascade,
  seq integer not null,
  type integer not null,
  key text not null,
  at integer not null,
  payload blob not null,
  sha256 blob not null,
  primary key (execution_id, seq)
) strict, without rowid;

create table message (
  execution_id text not null references execution (id) on delete cascade,
  sequence integer not null,
  body blob not null,
  sha256 blob not null,
  primary key (execution_id, sequence)
) strict, without rowid;

create table signal (
  id integer primary key,
  execution_id text not null references execution (id) on delete cascade,
  topic text not null,
  dedup_key text,
  at integer not null,
  consumed integer not null,
  payload blob not null,
  sha256 blob not null,
  unique (execution_id, topic, dedup_key)
) strict;
create index signal_pending on signal (execution_id, topic, id) where consumed = 0;

create table artifact (
  hash text primary key not null, size integer not null, created_at integer not null, sha256 blob not null
) strict, without rowid;
`;
