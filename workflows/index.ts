export { launch } from './launch';
export { pipeline } from './pipeline';
export { probe } from './probe';
