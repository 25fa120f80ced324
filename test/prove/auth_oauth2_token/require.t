# auth_oauth2_token_require: after introspection and before the exchange, every value must be there.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/token', body => '{"access_token":"new","token_type":"Bearer"}');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_claim_set \$aud aud;
    auth_oauth2_token_claim_set \$scope scope;
    map \$aud \$aud_ok { default 0; "https://mcp.example.com/mcp" 1; }
    map \$scope \$scope_ok { default 0; "~(^|\\s)mcp:read(\\s|\$)" 1; }
    map \$scope \$always { default 1; }
    auth_oauth2_token_require \$always;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        auth_oauth2_token_token_endpoint /_as/token;
        auth_oauth2_token_require \$aud_ok;
        location /mcp      { auth_oauth2_token_require \$scope_ok error=403; %%OK%% }
        location /cached   { auth_oauth2_token_require \$scope_ok error=403; auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /both     { auth_oauth2_token_require \$always \$oauth2_token_sub error=418; %%OK%% }
        location /prefix   { auth_oauth2_token_require \$http_x_zero\$http_x_zero error=451; %%OK%% }
        location /exchange { auth_oauth2_token_exchange on; auth_oauth2_token_require \$scope_ok error=403; %%OK%% }
        location /only     { auth_oauth2_token_introspect off; auth_oauth2_token_exchange on; auth_oauth2_token_require \$scope_ok; %%OK%% }
        location /limited  { limit_except GET { auth_oauth2_token_require \$scope_ok error=403; } %%OK%% error_page 405 =200 /ok; }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF

sub at ($path, $claims, %request) {
    $as->answer('/introspect', body => to_json({ active => \1, %$claims }));
    return $nginx->get($path, token => 'token-' . ($request{token} // rand), %request{qw(method headers)})->status;
}

my %good = (aud => 'https://mcp.example.com/mcp', scope => 'mcp:read mcp:write', sub => 'alice');
is at('/mcp', \%good), 200, 'all is there';
is at('/mcp', { %good, aud => ['https://mcp.example.com/mcp'] }), 200, 'aud as an array of one';
is at('/mcp', { %good, aud => 'https://other' }), 401, 'SPEC 12: another audience';
is at('/mcp', { %good, aud => 'https://mcp.example.com/mcp/' }), 401, 'a slash more';
is at('/mcp', { %good, aud => 'HTTPS://mcp.example.com/mcp2' }), 401, 'a longer one';
is at('/mcp', { scope => 'mcp:read' }), 401, 'SPEC 75: no audience';
is at('/mcp', { %good, scope => 'mcp:write' }), 403, 'SPEC 16: another scope';
is at('/mcp', { %good, scope => 'mcp:readonly' }), 403, 'a scope that begins like it';
is at('/mcp', { aud => $good{aud} }), 403, 'no scope';
is at('/mcp', { aud => 'x', scope => 'y' }), 401, 'both wrong: the first directive decides';
is at('/both', \%good), 200, 'several values in one directive';
is at('/both', { aud => $good{aud} }), 418, 'one of them is not there: its own code';
is at('/prefix', \%good, headers => ['X-Zero: 0']), 200, 'two values in one argument are one text';
is at('/prefix', \%good), 451, 'which may not be empty';

is at('/cached', \%good, token => 'a-cached-token'), 200, 'a token that is cached now';
is at('/cached', { %good, scope => 'x' }, token => 'a-cached-token'), 200, 'has its scope from the cache';
is at('/cached', { %good, scope => 'x' }, token => 'another-cached-token'), 403, 'one without the scope is refused';
is at('/cached', \%good, token => 'another-cached-token'), 403, 'from the cache, too';

my $before = () = $as->requests('/token');
is at('/exchange', { %good, scope => 'x' }), 403, 'the rules come before the exchange';
is scalar(() = $as->requests('/token')), $before, 'which is not asked for';
is at('/exchange', \%good), 200, 'and which follows';
is at('/only', {}), 200, 'without introspection there is nothing to be required';

is at('/limited', { %good, scope => 'x' }), 200, 'limit_except: GET needs no scope';
is at('/limited', { %good, scope => 'x' }, method => 'DELETE'), 403, 'limit_except: DELETE does';

$as->answer('/introspect', body => '{"active":true}');
$nginx->passes_after('/only', token => 'token');
$nginx->refuses('the log names the value', path => '/mcp', token => 'a-token', reason => qr/auth_oauth2_token: requirement_failed: .*: "\$aud_ok" is empty or "0"/);

finish();
