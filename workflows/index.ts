export { launch } from './launch';
export { pipeline } from './pipeline';
