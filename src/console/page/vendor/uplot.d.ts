// What `/console/vendor/uplot.js` is.
export { default } from 'uplot';
