# Every way into a location that exchanges tokens, from one that does not: whoever comes is judged like any request, a
# subrequest by the credentials of its main request, and its backend gets the exchanged token. What is known already is
# asked for by nobody, so that mirrors are judged as well.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

my $as = run_origin();
$as->answer('/introspect', body => '{"active":true,"scope":"mcp:read"}', when => [['token-low', { body => '{"active":true,"scope":"other"}' }]]);
$as->answer('/token', body => to_json({ access_token => 'issued-for-the-backend', token_type => 'Bearer', expires_in => 60,
    issued_token_type => 'urn:ietf:params:oauth:token-type:access_token' }));

$TestNginx::Doors::door       = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/introspect; auth_oauth2_token_require $may error=403; auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_as/token; auth_oauth2_token_introspect_cache zone=known:1m; auth_oauth2_token_exchange_cache zone=issued:1m;';
$TestNginx::Doors::identity   = '(issued)';
$TestNginx::Doors::issued     = 'issued-for-the-backend';
$TestNginx::Doors::sent       = \@forged_credentials;
$TestNginx::Doors::good_token = sub { return 'token-good-' . 'x' x 20 };
$TestNginx::Doors::low_token  = sub { return 'token-low-' . 'x' x 20 };

my $client = 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret;';

check_doors(into_server("$client map \$oauth2_token_scope \$may { volatile; mcp:read 1; }", 'location /_as/ { internal; proxy_pass http://127.0.0.1:' . $as->port . '/; }'),
    { into_files() }, into_ways(), beside_ways());

finish();
