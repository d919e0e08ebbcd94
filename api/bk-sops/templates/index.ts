import type { Endpoint } from '../endpoint';
import { copyTemplateAcrossProject } from './copy-template-across-project';
import { createTemplateEndpoint } from './create-template';
import { deleteTemplateEndpoint } from './delete-template';
import { exportProjectTemplate } from './export-template';
import { getTemplateInfo } from './get-template-info';
import { getCommonTemplateList, getTemplateList } from './get-template-list';
import { getTemplateVersions } from './get-template-versions';
import { importCommonTemplate, importProjectTemplate } from './import-template';
import { createLabelEndpoint, deleteLabelEndpoint, getLabelList } from './labels';
import { modifyTemplateExecutorProxy, modifyTemplateNotify } from './modify-template';
import { previewCommonTaskTree, previewTaskTree } from './preview-task-tree';
import { createTemplateScheme, deleteTemplateScheme, getTemplateSchemes } from './schemes';
import { updateTemplateEndpoint } from './update-template';

/** Templates (bk-sops §7.5). */
export const templateEndpoints: readonly Endpoint[] = [
  getTemplateList,
  getCommonTemplateList,
  getTemplateInfo,
  getTemplateVersions,
  createTemplateEndpoint,
  updateTemplateEndpoint,
  deleteTemplateEndpoint,
  modifyTemplateNotify,
  modifyTemplateExecutorProxy,
  getTemplateSchemes,
  createTemplateScheme,
  deleteTemplateScheme,
  getLabelList,
  createLabelEndpoint,
  deleteLabelEndpoint,
  exportProjectTemplate,
  importProjectTemplate,
  importCommonTemplate,
  copyTemplateAcrossProject,
  previewTaskTree,
  previewCommonTaskTree,
];
