import { makeApp } from '../infra/app.ts';

makeApp().app.synth();
