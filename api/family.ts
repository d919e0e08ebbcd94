import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Credentials } from '../access/authenticate';
import type { Caller } from '../access/caller';
import type { Place } from '../access/permission';
import type { Services } from '../tasks/services';
import type { DoorEndpoint, Method, Reply } from './endpoint';
import type { Failure } from './failure';
import type { Wording } from './wording';

/** Fields of a request by name. */
export type Fields = Record<string, unknown>;

/** A body that was read once its sender was known. */
export interface Body {
  fields: Fields;
  /** Its values are texts, whatever they stand for. */
  isForm: boolean;
  /** There is nothing in it. */
  isEmpty?: true;
  /** Of a form: all values of the names that come more than once, of which `fields` has one. */
  repeated?: ReadonlyMap<string, readonly string[]>;
}

/** A path in the router's words, and the methods that an endpoint is served by there. */
export interface Route {
  path: string;
  methods: readonly Method[];
}

/** What a request is about, as its path and fields say it. */
export interface RequestPlace {
  ids: Record<string, number>;
  names?: Record<string, string>;
  /** Its project; absent where it is in none. */
  place?: Place | undefined;
}

/**
 * An API family: its own way to say who asks and where, its paths, its envelope. The door (`door.ts`) does everything else,
 * for all families alike.
 */
export interface Family<E extends DoorEndpoint = DoorEndpoint> {
  name: string;
  /** Whether a request to this path is answered in the family's envelope, also when there is no such path. */
  owns(path: string): boolean;
  endpoints: readonly E[];
  /** Where and by which methods an endpoint is served. Who may do it, and how often, does not depend on the method. */
  routesOf(endpoint: E): readonly Route[];

  /** @throws GantryError `unauthenticated` for headers that are none of the family's */
  headerCredentials(header: (name: string) => string | undefined, context: Context): Credentials;
  /** Fields of query or body that say who asks and in which project: all that is read of a stranger's body. */
  openFields: readonly string[];
  /** Of the query of a request with a body, the fields that count. */
  outside(endpoint: E, query: Fields): Fields;

  /** Bodies of GET are read too. */
  readsBodyOfGet?: true;
  /**
   * Reads a body in forms that the others have not; absent: JSON objects and forms.
   *
   * @throws GantryError `invalid`
   */
  parseBody?(text: string, contentType: string | undefined): Body;

  /** Whether all of the query counts where a request that could have a body has an empty one; absent: never. */
  readsQuery?(context: Context, endpoint: E): boolean;

  /** The project's id, when it is among fields of which not all may be known yet. */
  peekProjectId(context: Context, fields: Fields): number | undefined;
  /** @throws GantryError `invalid`, `forbidden` */
  readPlace(
    context: Context,
    endpoint: E,
    sent: Body & { caller: Caller },
    services: Services,
  ): RequestPlace | Promise<RequestPlace>;
  /** @throws GantryError `invalid` of step `input`, naming every field that is wrong */
  readInput(endpoint: E, body: Body): Fields;

  /** How the family says errors that an endpoint has no words of its own for; so also where there is no endpoint. */
  wording?: readonly Wording[];
  /** The one place of the family's envelope for answers, and the one for failures; both without what the door adds. */
  succeed(context: Context, reply: Reply): Response;
  fail(context: Context, failure: Failure): Response;
  /** Puts an endpoint into the OpenAPI document. */
  describe(app: OpenAPIHono, endpoint: E): void;
}
