/** On whose behalf something is done, for the records. */
export interface Actor {
  username: string;
  appCode: string;
  /** `api`; `app` for the web pages; `periodic` or `clocked` for a schedule. */
  source: string;
}
