/** Events that were published, and which executions wait for events of which types. */
export const version9 = `
create table event (
  id integer primary key,
  source text not null,
  event_id text not null,
  type text not null,
  at integer not null,
  body blob not null,
  sha256 blob not null,
  unique (source, event_id)
) strict;
create index event_type on event (type, id);
create index event_age on event (at);

create table event_listener (
  execution_id text not null references execution (id) on delete cascade,
  type text not null,
  primary key (execution_id, type)
) strict, without rowid;
create index event_listener_type on event_listener (type, execution_id);
`;
