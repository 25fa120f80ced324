# Both modes in one http block: each location asks for what its own path needs, by the one map that both snippets read, and
# a request that is led on is judged by where it is led to.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $backend = run_origin();
my $port    = $backend->port;
my $conf    = "$TestNginx::repository/conf";
my $resource = 'https://mcp.example.com/mcp';
$backend->answer('/', body => 'backend');
$backend->answer('/introspect', body => to_json({ active => \1, aud => $resource, scope => 'opaque:read' }));
$backend->answer("/to_$_", body => '', headers => [['X-Accel-Redirect', "/$_"]]) for qw(jwt other opaque);
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    map "" \$mcp_canonical_uri      { default "$resource"; }
    map "" \$mcp_canonical_uri_json { default '"$resource"'; }
    map "" \$mcp_metadata_uri       { default "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"; }
    map \$uri \$mcp_required_scope  { default jwt:read; "~^/opaque" opaque:read; "~^/other" "jwt:read other:read"; }
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        include $conf/mcp-401-handler.conf;
        include $conf/mcp-403-handler.conf;
        auth_jwt_key_file jwks.json;
        location /jwt    { include $conf/mcp-resource-jwt.conf; proxy_pass http://127.0.0.1:$port/; }
        location /other  { include $conf/mcp-resource-jwt.conf; proxy_pass http://127.0.0.1:$port/; }
        location /from/  { include $conf/mcp-resource-jwt.conf; proxy_pass http://127.0.0.1:$port/; }
        location /opaque { include $conf/mcp-resource-introspect.conf; proxy_pass http://127.0.0.1:$port/; }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$port/introspect; }
    }
CONF
sub jwt ($scope) { return token => mint('p256', claims(aud => $resource, scope => $scope)) }
sub scope_asked_for ($path, @request) { return $nginx->get($path, @request)->header('WWW-Authenticate') =~ /scope="(.*?)"/ ? $1 : undef }

is $nginx->get('/jwt', jwt('jwt:read'))->status,    200, 'a JWT with the scope of its path';
is $nginx->get('/opaque', token => 'opaque-1')->status, 200, 'an opaque token with the scope of its path';
is $nginx->get('/jwt', jwt('opaque:read'))->status, 403, 'the scope of another path is not enough';
is $nginx->get('/other', jwt('jwt:read'))->status,  403, 'nor is one of two';
is $nginx->get('/other', jwt('other:read jwt:read'))->status, 200, 'both are';
is scope_asked_for('/other', jwt('jwt:read')), 'jwt:read other:read', 'the challenge names the scopes of the path';
is scope_asked_for('/opaque'), 'opaque:read', 'that of a 401, too';

is $nginx->get('/from/to_jwt', jwt('jwt:read'))->status,   200, 'a request that is led on';
is $nginx->get('/from/to_other', jwt('jwt:read'))->status, 403, 'is judged by where it is led to';
is scope_asked_for('/from/to_other', jwt('jwt:read')), 'jwt:read other:read', 'and told what is needed there';
is $nginx->get('/from/to_other', jwt('jwt:read other:read'))->status, 200, 'and passes with that';
is $nginx->get('/from/to_opaque', jwt('jwt:read'))->status, 401, 'from one mode to the other: the token has ended where it was good';

finish();
