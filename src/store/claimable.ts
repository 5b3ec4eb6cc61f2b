import type { Connection } from "./connection.ts";

/** No earlier execution of the same session is still going on. */
const itsTurn = `not exists (
  select 1 from execution earlier
   where earlier.session_id is not null and earlier.state <> 'ended'
     and earlier.session_id = execution.session_id
     and (earlier.created_at, earlier.id) < (execution.created_at, execution.id))`;

/**
 * Executions a runner may take at `$now`, the oldest first. Each half stops after `$limit` rows of
 * its own index (named where the planner would choose another), so what waits costs nothing. A signal or a cancel request makes a waiting execution
 * ready when it is written, therefore only timers are looked at here.
 */
const claimableIds = `
select id from (
  select * from (
    select id, created_at from execution
     where state = 'ready' and ${itsTurn} order by created_at, id limit $limit)
  union all
  select * from (
    select id, created_at from execution indexed by execution_timer
     where state = 'waiting' and wake_at is not null and wake_at <= $now and ${itsTurn}
     order by wake_at limit $limit)
) order by created_at, id limit $limit`;

const isClaimableNow = `
select 1 from execution
 where id = $id and ${itsTurn}
   and (state = 'ready' or (state = 'waiting' and wake_at is not null and wake_at <= $now))`;

export function claimableExecutions(db: Connection, limit: number, now: number): string[] {
  return db.all<{ id: string }>(claimableIds, { limit, now }).map(({ id }) => id);
}

export function isClaimable(db: Connection, id: string, now: number): boolean {
  return db.get(isClaimableNow, { id, now }) !== undefined;
}
