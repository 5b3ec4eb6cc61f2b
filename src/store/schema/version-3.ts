/**
 * Who needs what, so that what nobody needs can be removed: which revisions a resource has, and
 * which artifacts a revision or a resource refers to. The store refuses to remove what has a row here.
 *
 * What an older release stored is found again where it stands: large values of a journal are
 * `{"$artifact":"…"}`, whole results of tools field 6 (bytes 0x32 0x40, then 64 digits) of a message.
 * An execution that goes on keeps whatever was stored since it began.
 */
export const version3 = `
create table resource_revision (
  resource_id text not null references resource (id) on delete cascade,
  hash text not null references revision (hash),
  since integer not null,
  primary key (resource_id, hash)
) strict, without rowid;
create index resource_revision_hash on resource_revision (hash);

create table revision_artifact (
  revision_hash text not null references revision (hash) on delete cascade,
  hash text not null references artifact (hash),
  primary key (revision_hash, hash)
) strict, without rowid;
create index revision_artifact_hash on revision_artifact (hash);

create table resource_artifact (
  resource_id text not null references resource (id) on delete cascade,
  hash text not null references artifact (hash),
  primary key (resource_id, hash)
) strict, without rowid;
create index resource_artifact_hash on resource_artifact (hash);

insert into resource_revision (resource_id, hash, since)
select resource.id, revision.hash, resource.updated_at
  from resource join revision on revision.hash = resource.revision_hash;

insert or ignore into resource_artifact (resource_id, hash)
select journal.execution_id, artifact.hash
  from journal join artifact on artifact.hash = cast(substr(journal.payload, 15, 64) as text)
 where substr(journal.payload, 1, 14) = cast('{"$artifact":"' as blob);

with recursive result (execution_id, rest, at, hash) as (
  select execution_id, body, instr(body, x'3240'), null from message
  union all
  select execution_id, substr(rest, at + 2), instr(substr(rest, at + 2), x'3240'),
         cast(substr(rest, at + 2, 64) as text)
    from result where at > 0
)
insert or ignore into resource_artifact (resource_id, hash)
select result.execution_id, artifact.hash from result join artifact on artifact.hash = result.hash;

insert or ignore into resource_artifact (resource_id, hash)
select execution.id, artifact.hash
  from execution join artifact on artifact.created_at >= execution.created_at
 where execution.state <> 'ended';
`;
