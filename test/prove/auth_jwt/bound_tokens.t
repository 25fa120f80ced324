# A token that is bound to its client's key (RFC 9449 section 7.1, RFC 8705 section 3) and comes as a plain Bearer token
# may be stolen: it is refused, whatever else the configuration says.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use JSON::PP ();

my $as      = run_origin();
my $as_port = $as->port;
$as->answer('/jwks', body => jwks('p256'));
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'p256.json' => jwks('p256') });
    auth_jwt "site";
    map "" \$file { default p256; }
    map "" \$mcp_canonical_uri_json { default '"https://mcp.example.com/mcp"'; }
    map "" \$mcp_required_scope { default mcp:read; }
    map "" \$mcp_has_required_scope { default 1; }
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { auth_jwt_key_file jwks.json; %%OK%% }
        location /preaccess { auth_jwt_key_file jwks.json; auth_jwt_phase preaccess; %%OK%% }
        location /variable  { auth_jwt "site" token=\$http_x_token; auth_jwt_key_file jwks.json; %%OK%% }
        location /no_exp    { auth_jwt_key_file jwks.json; auth_jwt_validate_exp off; %%OK%% }
        location /no_sig    { auth_jwt_key_file jwks.json; auth_jwt_validate_sig off; %%OK%% }
        location /leeway    { auth_jwt_key_file jwks.json; auth_jwt_leeway 1h; %%OK%% }
        location /file      { auth_jwt_key_file \$file.json; %%OK%% }
        location /request   { auth_jwt_key_request /_jwks; auth_jwt_key_cache 1m; %%OK%% }
        location /rule      { auth_jwt_key_file jwks.json; auth_jwt_require_claim .cnf.jkt eq thumbprint; %%OK%% }
        location /snippet   { include $TestNginx::repository/conf/mcp-resource-jwt.conf; auth_jwt_key_file jwks.json; %%OK%% }
        location \@mcp_unauthorized { auth_jwt off; return 401; }
        location = /_jwks   { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
CONF
my @places = qw(/ /preaccess /variable /no_exp /no_sig /leeway /file /request /rule /snippet);
my $plain  = mint('p256', claims(aud => 'https://mcp.example.com/mcp'));
$nginx->passes_after('/', token => $plain);

sub sent ($path, $token) { return $path eq '/variable' ? (headers => ["X-Token: $token"]) : (token => $token) }

my %confirmations = (
    'DPoP (RFC 9449)'       => { jkt => 'thumbprint' },
    'mutual TLS (RFC 8705)' => { 'x5t#S256' => 'thumbprint' },
    'another kind of key'   => { kid => 'key-1' },
    'no kind at all'        => {},
    'no object'             => 'thumbprint',
    'a list'                => [],
    'false'                 => JSON::PP::false,
);
for my $name (sort keys %confirmations) {
    $nginx->refuses("bound by $name", path => '/', token => mint('p256', claims(cnf => $confirmations{$name})), reason => qr/token_sender_constrained/,
        challenge => qr/\ABearer realm="site", error="invalid_token"\z/);
}
my $bound = mint('p256', claims(aud => 'https://mcp.example.com/mcp', cnf => { jkt => 'thumbprint' }));
for my $path (@places) {
    for my $time (qw(first second)) {
        my $mark = $nginx->log_mark;
        is $nginx->get($path, sent($path, $bound))->status, 401, "$path: refused the $time time";
        like join("\n", $nginx->log_lines($mark)), qr/token_sender_constrained/, "$path: for this reason";
    }
}
is $nginx->get($_, sent($_, $plain))->status, 200, "$_: the same token without cnf passes" for grep { $_ ne '/rule' } @places;
is $nginx->get('/', token => mint('p256', claims(cnf => undef)))->status, 200, 'no cnf';
is $nginx->get('/', token => mint('p256', to_json(claims()) =~ s/\A\{/{"cnf":null,/r))->status, 200, 'null means absent';
is $nginx->get('/', token => mint('p256', claims(cnfx => { jkt => 'x' }, deep => { cnf => { jkt => 'x' } })))->status, 200, 'cnf somewhere else means nothing';

finish();
