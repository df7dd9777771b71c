// `npm start`, under a Node that can run it (bin/launch.js).
import { launch } from '../bin/launch.js';

await launch('../scripts/start');
