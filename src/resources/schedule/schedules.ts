import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import type { ApiResourceListRequest } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import type { StoreReader } from "../../store/store.ts";
import { toStigmerError } from "../../contract/errors.ts";
import type { ResourceService, WriteContext } from "../resource-service.ts";
import { fromRow } from "../stored-resource.ts";
import { specOf } from "./plan-schedule.ts";
import { withStatus } from "./schedule-status.ts";

export interface SchedulesOptions {
  readonly resources: ResourceService;
  readonly read: StoreReader;
  readonly clock: () => number;
}

/** How often a schedule is paused anew because somebody changed it meanwhile. */
const maxAttempts = 20;

/** A write takes back that it is held by an import, also when it changes nothing else. */
const release = (): void => {};

/** Schedules as resources, with what became of them in their status. */
export class Schedules {
  readonly #options: SchedulesOptions;

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  get(name: string): Schedule {
    return this.#told(this.#options.resources.get(name) as Schedule);
  }

  list(request: ApiResourceListRequest): { items: Schedule[]; nextPageToken: string } {
    const { items, nextPageToken } = this.#options.resources.list(request);
    return { items: (items as Schedule[]).map((item) => this.#told(item)), nextPageToken };
  }

  async apply(sent: Schedule, context: WriteContext): Promise<Schedule> {
    return this.#told((await this.#options.resources.apply(sent, context, release)) as Schedule);
  }

  async create(sent: Schedule, context: WriteContext): Promise<Schedule> {
    return this.#told((await this.#options.resources.create(sent, context)) as Schedule);
  }

  async update(sent: Schedule, context: WriteContext): Promise<Schedule> {
    return this.#told((await this.#options.resources.update(sent, context, release)) as Schedule);
  }

  /** Returned as it was. */
  async delete(name: string, context: WriteContext): Promise<Schedule> {
    const before = this.get(name);
    await this.#options.resources.delete(before.metadata?.id ?? name, context);
    return before;
  }

  async pause(name: string, context: WriteContext): Promise<Schedule> {
    return await this.#setPaused(name, true, context);
  }

  async resume(name: string, context: WriteContext): Promise<Schedule> {
    return await this.#setPaused(name, false, context);
  }

  async #setPaused(name: string, paused: boolean, context: WriteContext): Promise<Schedule> {
    const { resources } = this.#options;
    for (let attempt = 1; ; attempt++) {
      // With the version that was read: nothing that is written in between may be undone.
      const schedule = fromRow(resources.kind, resources.find(name)) as Schedule;
      specOf(schedule).paused = paused;
      try {
        return await this.update(schedule, context);
      } catch (thrown) {
        if (toStigmerError(thrown).code !== "conflict" || attempt === maxAttempts) throw thrown;
      }
    }
  }

  #told(schedule: Schedule): Schedule {
    const { read, clock } = this.#options;
    return withStatus(read, schedule, clock());
  }
}
