/** How much of the history each execution is, and since when it is nothing but history. */
export const version4 = `
create table history (
  execution_id text primary key not null references execution (id) on delete cascade,
  bytes integer not null,
  ended_at integer
) strict, without rowid;
create index history_ended on history (ended_at, execution_id, bytes) where ended_at is not null;

insert into history (execution_id, bytes, ended_at)
select execution.id,
       (select coalesce(sum(length(payload)), 0) from journal where execution_id = execution.id)
       + (select coalesce(sum(length(body)), 0) from message where execution_id = execution.id)
       + (select coalesce(sum(artifact.size), 0)
            from resource_artifact join artifact on artifact.hash = resource_artifact.hash
           where resource_artifact.resource_id = execution.id),
       case when execution.state = 'ended' then resource.updated_at end
  from execution join resource on resource.id = execution.id;
`;
