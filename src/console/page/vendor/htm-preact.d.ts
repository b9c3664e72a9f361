// What `/console/vendor/htm-preact.js` is: the build of htm that has preact in it.
export * from 'htm/preact';
