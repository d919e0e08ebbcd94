import type { Endpoint } from '../endpoint';
import { projectEndpoints } from '../projects';
import { getPluginBaseInfo } from './get-plugin-base-info';
import { getPluginDetail } from './get-plugin-detail';
import { getPluginList } from './get-plugin-list';

/** What tasks are made of: plugins, and the projects that they are in (bk-sops §7.7). */
export const catalogEndpoints: readonly Endpoint[] = [
  getPluginList,
  getPluginDetail,
  getPluginBaseInfo,
  ...projectEndpoints,
];
