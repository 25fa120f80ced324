# A map of one's own that decides about scopes (docs/EXAMPLES.md): whether a server writes them in scope or in scp, as a text
# or as an array, and in whatever order. A scope is a whole word there, and null is none.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as       = run_origin();
my $port     = $as->port;
my $conf     = "$TestNginx::repository/conf";
my $resource = 'https://mcp.example.com/mcp';
my %maps     = TestNginx::Report::slurp("$TestNginx::repository/docs/EXAMPLES.md") =~ /^```nginx\n# (JWTs|opaque tokens)\n(.*?)^```/msg;

my $common = <<~"MAPS";
    map "" \$mcp_canonical_uri      { default "$resource"; }
    map "" \$mcp_canonical_uri_json { default '"$resource"'; }
    map "" \$mcp_metadata_uri       { default "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"; }
    map "" \$mcp_required_scope     { default "mcp:read"; }
    MAPS

# Members of a token or an answer, as JSON: who passes, and who lacks the scope.
my @passes = (
    '"scope":"mcp:read"', '"scope":"openid mcp:read profile"', '"scope":"profile mcp:admin"', '"scope":["mcp:read"]', '"scope":["openid","mcp:read","profile"]',
    '"scope":["profile","mcp:admin"]', '"scp":"mcp:read"', '"scp":"a mcp:admin b"', '"scp":["mcp:read"]', '"scp":["a","mcp:read","b"]', '"scope":null,"scp":["a","mcp:read"]',
);
my @lacks = (
    '"scope":"mcp:write"', '"scope":"xmcp:read mcp:readx"', '"scope":["mcp:readx","xmcp:read"]', '"scp":["mcp:write"]', '"scp":"mcp:reader"', '"scope":null', '"scope":null,"scp":null',
    '"scope":"MCP:READ"', '"scope":"other","scp":"mcp:read"', '"scope":["other"],"scp":["mcp:read"]', '"x":1',
);
my %modes = (
    'JWTs' => {
        http => '', server => 'auth_jwt_key_file jwks.json;', snippet => 'mcp-resource-jwt.conf',
        token => sub ($members) { return mint('p256', to_json(claims(aud => $resource)) =~ s/\}\z/,$members}/r) },
    },
    'opaque tokens' => {
        http => 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret;', snippet => 'mcp-resource-introspect.conf',
        server => "location = /_introspect { internal; proxy_pass http://127.0.0.1:$port/introspect; }",
        token  => sub ($members) { $as->answer('/introspect', body => qq({"active":true,"aud":"$resource",$members})); state $number = 0; return 'token-' . ++$number },
    },
);
is_deeply [sort keys %maps], [sort keys %modes], 'the document has a map for both';
for my $mode (sort keys %modes) {
    my ($http, $server, $snippet, $token) = @{ $modes{$mode} }{qw(http server snippet token)};
    my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
        $http $common $maps{$mode}
        server {
            listen 127.0.0.1:%%PORT%%;
            include $conf/mcp-401-handler.conf;
            include $conf/mcp-403-handler.conf;
            $server
            location /mcp { include $conf/$snippet; %%OK%% }
        }
CONF
    is $nginx->get('/mcp', token => $token->($_))->status, 200, "$mode: passes: $_" for @passes;
    is $nginx->get('/mcp', token => $token->($_))->status, 403, "$mode: lacks the scope: $_" for @lacks;
}

finish();
