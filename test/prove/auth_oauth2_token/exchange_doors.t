# auth_oauth2_token_exchange: every way that nginx has to leave such a location, refused or passed. The client's token
# reaches no backend, and the exchanged one only that of this very location.
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

$TestNginx::Doors::door       = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/introspect; auth_oauth2_token_require $may error=403; auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_as/token;';
$TestNginx::Doors::identity   = '(issued)';
$TestNginx::Doors::issued     = 'issued-for-the-backend';
$TestNginx::Doors::sent       = \@forged_credentials;
$TestNginx::Doors::good_token = sub { return 'token-good-' . 'x' x 20 };
$TestNginx::Doors::low_token  = sub { return 'token-low-' . 'x' x 20 };

my $client = 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret;';

check_doors(ways_server("$client map \$oauth2_token_scope \$may { volatile; mcp:read 1; }", 'location /_as/ { internal; proxy_pass http://127.0.0.1:' . $as->port . '/; }'),
    { ways_files() }, refused_ways(), unjudged_ways(), passed_ways());

finish();
