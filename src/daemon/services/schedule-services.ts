import { ScheduleCommandController } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/command_pb.ts";
import { ScheduleQueryController } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/query_pb.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";
import type { ScheduleParts } from "../schedules/schedule-parts.ts";
import { writeContext } from "./write-context.ts";

/** Schedules with what became of them, and what makes them start something or nothing. */
export function scheduleServices({ schedules, trigger }: ScheduleParts): ServiceImplementation[] {
  return [
    implement(ScheduleCommandController, {
      apply: (sent, call) => schedules.apply(sent, writeContext(call)),
      create: (sent, call) => schedules.create(sent, writeContext(call)),
      update: (sent, call) => schedules.update(sent, writeContext(call)),
      delete: ({ value }, call) => schedules.delete(value, writeContext(call)),
      pause: ({ value }, call) => schedules.pause(value, writeContext(call)),
      resume: ({ value }, call) => schedules.resume(value, writeContext(call)),
      trigger: ({ value }, call) => trigger(value, writeContext(call)),
    }),
    implement(ScheduleQueryController, {
      get: ({ value }) => Promise.resolve(schedules.get(value)),
      getByReference: ({ reference }) => Promise.resolve(schedules.get(reference)),
      list: (request) => Promise.resolve(schedules.list(request)),
    }),
  ];
}
