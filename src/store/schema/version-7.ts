/**
 * When each schedule is due and what became of its starts, and which executions that it started may
 * still run. A row is made for the version of the resource that it names.
 */
export const version7 = `
create table schedule (
  id text primary key not null references resource (id) on delete cascade,
  resource_version integer not null,
  revision integer not null,
  active integer not null,
  due_by text not null,
  interval_ms integer,
  anchor integer not null,
  next_at integer,
  waiting_at integer,
  last_at integer,
  last_execution text,
  starts integer not null,
  missed integer not null,
  skipped integer not null,
  failures integer not null,
  last_error text,
  last_error_at integer,
  sha256 blob not null
) strict, without rowid;
create index schedule_timer on schedule (next_at) where next_at is not null;

create table schedule_run (
  schedule_id text not null references schedule (id) on delete cascade,
  execution_id text not null references execution (id) on delete cascade,
  primary key (schedule_id, execution_id)
) strict, without rowid;
create index schedule_run_execution on schedule_run (execution_id);
`;
