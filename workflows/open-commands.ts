import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** What a command asks for, and what is done when it ends. */
export interface Work<T> {
  begin(): Promise<T>;
  ended(result: T): void;
  /** What a crash counts as; absent: there is none. */
  resultOf?(error: unknown): T;
  cancelled?(): void;
}

/**
 * Commands whose end is awaited, each in a scope in which it can be cancelled alone. Written with few promises, and the
 * scope of what has ended is used again: of every promise in a workflow the SDK keeps where it was made, which costs more
 * than a machine's step.
 */
export class OpenCommands {
  readonly #scopes = new Map<string, CommandScope>();
  readonly #idle: CommandScope[] = [];

  /** Around all commands alike; not that of the command whose end led to them. Absent: the current one. */
  root: CancellationScope | undefined;

  open<T>(id: string, work: Work<T>): void {
    const scope =
      this.#idle.pop() ?? new CommandScope({ cancellable: true, ...(this.root ? { parent: this.root } : {}) });
    this.#scopes.set(id, scope);
    const end = (result: T) => {
      this.#close(id, scope);
      work.ended(result);
    };
    scope.run(work.begin).then(end, (error) => {
      if (isCancellation(error)) {
        this.#close(id, scope);
        work.cancelled?.();
      } else if (work.resultOf) end(work.resultOf(error));
      else throw error;
    });
  }

  cancel(id: string): void {
    this.#scopes.get(id)?.cancel();
  }

  #close(id: string, scope: CommandScope): void {
    this.#scopes.delete(id);
    if (!scope.consideredCancelled) this.#idle.push(scope);
  }
}

/** Hands out the promise of what runs in it, where the SDK's own scope makes two more around it. */
class CommandScope extends CancellationScope {
  protected override runInContext<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
}
