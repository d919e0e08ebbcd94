/** Lengths in characters. */
export const MAX_POOL_NAME_LENGTH = 100;
export const MAX_POOL_TEXT_LENGTH = 1_000;
/** Of an image. */
export const MAX_IMAGE_LENGTH = 500;

/** Clusters, services and pools that a project may have of each. */
export const MAX_OF_EACH = 10_000;
/** Addresses that are looked for at once. */
export const MAX_ADDRESSES_AT_ONCE = 1_000;
