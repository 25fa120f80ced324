# The snippets in conf/: only what they themselves refuse has their challenge. A 403 for a missing scope asks for step-up;
# any other 403, 401 or 400 is what it is, since no other token would help. With the maps of the contract, and without.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $backend = run_origin();
my $port    = $backend->port;
$backend->answer('/', body => 'backend');
$backend->answer("/$_", status => $_, body => 'of the backend', headers => [['WWW-Authenticate', 'Custom x="y"']]) for 400, 401, 403;
$backend->answer('/away', body => '', headers => [['X-Accel-Redirect', '/mcp/behind']]);
my $conf     = "$TestNginx::repository/conf";
my $resource = 'https://mcp.example.com/mcp';
my $metadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

my $lacking  = qq(Bearer error="insufficient_scope", scope="mcp:read", resource_metadata="$metadata");

my $common = <<~"MAPS";
    map "" \$mcp_canonical_uri      { default "$resource"; }
    map "" \$mcp_canonical_uri_json { default '"$resource"'; }
    map "" \$mcp_metadata_uri       { default "$metadata"; }
    map "" \$mcp_required_scope     { default "mcp:read"; }
    map "" \$never                  { default 0; }
    MAPS
my %modes = (
    jwt => {
        snippet  => "include $conf/mcp-resource-jwt.conf;",
        http     => '',
        contract => 'auth_jwt_claim_set $jwt_scope scope; map $jwt_scope $mcp_has_required_scope { default 0; "~(^|\s)mcp:read(\s|$)" 1; }',
        server   => 'auth_jwt_key_file jwks.json;',
        require  => 'auth_jwt_require $never error=403;',
        off      => 'auth_jwt off;',
        good     => sub { return mint('p256', claims(aud => $resource, @_)) },
    },
    introspect => {
        snippet  => "include $conf/mcp-resource-introspect.conf;",
        http     => 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret;',
        contract => 'auth_oauth2_token_claim_set $oauth2_aud aud; map $oauth2_aud $mcp_aud_ok { default 0; "' . $resource . '" 1; }'
            . ' auth_oauth2_token_claim_set $oauth2_scope scope; map $oauth2_scope $mcp_has_required_scope { default 0; "~(^|\s)mcp:read(\s|$)" 1; }',
        server   => "location = /_introspect { internal; proxy_pass http://127.0.0.1:$port/introspect; }",
        require  => 'auth_oauth2_token_require $never error=403;',
        off      => 'auth_oauth2_token_introspect off;',
        good     => sub { $backend->answer('/introspect', body => to_json({ active => \1, aud => $resource, @_ })); state $number = 0; return 'token-' . ++$number },
    },
);

for my $mode (qw(jwt introspect)) {
    my ($snippet, $http, $contract, $server, $require, $off, $good) = @{ $modes{$mode} }{qw(snippet http contract server require off good)};
    for my $maps (['the maps of the contract', $contract], ['no maps for what a token has', '']) {
        my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
            $http $common $maps->[1]
            server {
                listen 127.0.0.1:%%PORT%%;
                include $conf/mcp-401-handler.conf;
                include $conf/mcp-403-handler.conf;
                $server
                location /mcp             { $snippet proxy_pass http://127.0.0.1:$port/; }
                location /mcp/denied      { $snippet deny all; proxy_pass http://127.0.0.1:$port/; }
                location /mcp/limited     { $snippet limit_except GET { deny all; } proxy_pass http://127.0.0.1:$port/; }
                location /mcp/returned    { $snippet return 403; }
                location /mcp/rule        { $snippet $require proxy_pass http://127.0.0.1:$port/; }
                location /mcp/outer       { $snippet location /mcp/outer/inner { error_page 500 /none; proxy_pass http://127.0.0.1:$port/; } }
                location /mcp/passed/     { $snippet proxy_pass http://127.0.0.1:$port/; }
                location /mcp/intercepted/ { $snippet proxy_intercept_errors on; proxy_pass http://127.0.0.1:$port/; }
                location /mcp/any         { $snippet satisfy any; allow 127.0.0.1; deny all; proxy_pass http://127.0.0.1:$port/; }
                location /away            { $off proxy_pass http://127.0.0.1:$port; }
                location /mcp/behind      { $snippet proxy_pass http://127.0.0.1:$port/; }
            }
CONF
        my $name = "$mode, $maps->[0]";
        my $ask  = sub ($path, $token, @request) {
            my $response = $nginx->get($path, defined $token ? (token => $token) : (), @request);
            return [$response->status, $response->headers('WWW-Authenticate')];
        };
        my @scope = (scope => 'a mcp:read');
        is $nginx->get('/mcp', token => $good->(@scope))->body, 'backend', "$name: a good token passes";
        is_deeply $ask->('/mcp', undef), [401, qq(Bearer resource_metadata="$metadata", scope="mcp:read")], "$name: no token";
        is_deeply $ask->('/mcp', $good->(@scope, exp => 1)), [401, qq(Bearer resource_metadata="$metadata", scope="mcp:read")], "$name: an expired one";
        is_deeply $ask->('/mcp?access_token=x', undef), [400, qq(Bearer error="invalid_request", resource_metadata="$metadata", scope="mcp:read")], "$name: a token in the query";
        is_deeply $ask->('/mcp', $good->(@scope, aud => $_)), [401, qq(Bearer resource_metadata="$metadata", scope="mcp:read")], "$name: an audience in another case: " . to_json($_)
            for 'https://mcp.example.com/MCP', ['HTTPS://mcp.example.com/mcp'];
        is_deeply $ask->('/mcp', $good->(scope => { a => ' mcp:read ' })), [$mode eq 'jwt' ? (403, $lacking) : 503], "$name: an object has no scope, whatever a map makes of its text";
        for my $claims (['no scope'], ['another', scope => 'mcp:readx'], ['another case', scope => 'MCP:read'], ['a part', scope => 'mcp:rea']) {
            my ($what, @claims) = @$claims;
            my $response = $nginx->get('/mcp', token => $good->(@claims));
            is_deeply [$response->status, $response->headers('WWW-Authenticate')],
                [403, $lacking], "$name: $what: 403 with the challenge";
            is $response->body, '{"error":"insufficient_scope"}', "$name: $what: and its body";
        }
        for my $case (
            [401, -32010, 'no token',              '/mcp',                undef],
            [403, -32011, 'no scope',              '/mcp',                $good->(scope => 'a')],
            [400, -32600, 'a token in the query',  '/mcp?access_token=x', undef],
            [400, -32600, 'two tokens',            '/mcp',                undef, headers => ['Authorization: Bearer a', 'Authorization: Bearer a']],
          )
        {
            my ($status, $code, $what, $path, $token, @request) = @$case;
            my $response = $nginx->get($path, defined $token ? (token => $token) : (), method => 'POST', body => '{"jsonrpc":"2.0","id":1,"method":"ping"}', @request);
            is_deeply [$response->status, scalar(() = $response->headers('WWW-Authenticate'))], [$status, 1], "$name: a POST with $what: $status with its challenge";
            is_deeply [$response->headers('Content-Type'), $response->headers('Cache-Control')], ['application/json', 'no-store'], "$name: JSON that nobody keeps";
            my $body = from_json($response->body);
            is_deeply [@$body{qw(jsonrpc id)}, $body->{error}{code}], ['2.0', undef, $code], "$name: which is an error of JSON-RPC";
            is $body->{error}{data}{scope}, 'mcp:read', "$name: with the scope" if $status == 403;
        }

        is_deeply $ask->('/mcp/outer/inner', $good->(scope => 'a')), [403], "$name: a location whose own error_page ends those of the snippet sends a plain 403";

        # Another token would not help with these.
        is_deeply $ask->('/mcp/denied', $good->(@scope)), [403], "$name: deny is a plain 403";
        is_deeply $ask->('/mcp/limited', $good->(@scope), method => 'POST'), [403], "$name: limit_except, too";
        is_deeply $ask->('/mcp/limited', $good->(@scope)), [200], "$name: which lets other methods pass";
        is_deeply $ask->('/mcp/returned', undef), [403], "$name: return 403, too";
        is_deeply $ask->('/mcp/rule', $good->(@scope)), [403], "$name: a rule of one's own with error=403, too";
        is_deeply $ask->('/mcp/passed/403', $good->(@scope)), [403, 'Custom x="y"'], "$name: the backend's 403 passes";
        is_deeply $ask->('/mcp/intercepted/403', $good->(@scope)), [403, 'Custom x="y"'], "$name: also where errors are intercepted";
        is_deeply $ask->('/mcp/intercepted/401', $good->(@scope)), [401, 'Custom x="y"'], "$name: the backend's 401 keeps its own challenge alone";
        is_deeply $ask->('/mcp/intercepted/400', $good->(@scope)), [400], "$name: its 400 is no invalid_request of ours";
        is_deeply $ask->('/mcp/intercepted/401', undef), [401, qq(Bearer resource_metadata="$metadata", scope="mcp:read")], "$name: without a token the challenge is ours";

        is_deeply $ask->('/mcp/any', $good->(scope => 'a')), [200], "$name: satisfy any lets an address pass, whatever the token";
        is_deeply $ask->('/away', undef), [401, qq(Bearer resource_metadata="$metadata", scope="mcp:read")], "$name: a backend that redirects to a protected location has said nothing";
        is_deeply $ask->('/away', $good->(scope => 'a')), [403, $lacking], "$name: nor about scopes";
        $nginx->stop;
    }
}

finish();
