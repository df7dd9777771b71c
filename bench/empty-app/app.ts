/** What `cdk synth` costs before anything is said: one stack with nothing in it. */
import { App, Stack } from 'aws-cdk-lib';

const app = new App();
new Stack(app, 'Empty');
app.synth();
