/**
 * Whether nobody needs an ended execution any more: not a later turn of its session that goes on and
 * reads what was said, not an execution that started it and goes on, none that it started, and
 * nothing that refers to it but history. A condition on the rows `execution` and `resource` of one id.
 */
export const isCollectable = `execution.state = 'ended'
  and not exists (
    select 1 from execution turn
     where turn.session_id is not null and turn.state <> 'ended'
       and turn.session_id = execution.session_id)
  and not exists (
    select 1 from execution parent
     where parent.id = resource.parent_id and parent.state <> 'ended')
  and not exists (
    select 1 from child_execution origin join execution parent on parent.id = origin.parent_id
     where origin.child_id = execution.id and parent.state <> 'ended')
  and not exists (select 1 from resource child where child.parent_id = execution.id)
  and not exists (
    select 1 from reference left join execution referrer on referrer.id = reference.from_id
     where reference.to_id = execution.id
       and (referrer.id is null or referrer.state <> 'ended'))`;
