# auth_oauth2_token_pass_credentials off: every way that nginx has to leave such a location, refused or passed. Wherever it
# leads, no backend receives the client's credentials.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

my $as = run_origin();
$as->answer('/introspect', body => '{"active":true,"scope":"mcp:read"}', when => [['token-low', { body => '{"active":true,"scope":"other"}' }]]);

$TestNginx::Doors::door       = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect; auth_oauth2_token_require $may error=403; auth_oauth2_token_pass_credentials off;';
$TestNginx::Doors::identity   = '';
$TestNginx::Doors::sent       = \@forged_credentials;
$TestNginx::Doors::good_token = sub { return 'token-good-' . 'x' x 20 };
$TestNginx::Doors::low_token  = sub { return 'token-low-' . 'x' x 20 };

my @query = map { way("a token in the query, $_->[0]", '400 page', '400 page', '400 page', 'error_page 400 @page;', query => "?$_->[1]") }
    ['plain', 'access_token=forged-token&x=1'], ['behind ";"', 'x=1;access_token=forged-token'], ['percent-encoded', 'access%5ftoken=forged-token'];
my $client = 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret;';

check_doors(ways_server("$client map \$oauth2_token_scope \$may { volatile; mcp:read 1; }", 'location = /_introspect { internal; proxy_pass http://127.0.0.1:' . $as->port . '/introspect; }'),
    { ways_files() }, refused_ways(), @query, unjudged_ways(), passed_ways());
is scalar(grep { index(to_json($_->{headers}), 'token-') >= 0 } $as->requests), 0, 'the authorization server gets the token in a form alone';

finish();
