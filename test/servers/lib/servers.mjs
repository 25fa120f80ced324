// The authorization servers, those that are there at once first.
import { betterAuth } from './better-auth.mjs';
import { django } from './django.mjs';
import { keycloak } from './keycloak.mjs';
import { oidcProvider } from './oidc-provider.mjs';
import { spring } from './spring.mjs';

export const servers = [oidcProvider, betterAuth, django, spring, keycloak];
