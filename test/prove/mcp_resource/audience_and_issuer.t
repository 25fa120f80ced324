# For whom a token was issued, and by whom: every issuer has its own keys.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my ($as_a, $as_b) = ('https://a.example.com', 'https://b.example.com/realms/b');
my $two = "mcp_authorization_server $as_a $as_b; mcp_jwks a.json issuer=$as_a; mcp_jwks b.json issuer=$as_b;";
my %files = ('jwks.json' => jwks('p256'), 'a.json' => jwks(jwk('p256', kid => 'k')), 'b.json' => jwks(jwk('p256_other', kid => 'k')));
my $nginx = run_nginx(<<"CONF", \%files);
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp    { $protected %%OK%% }
        location /slash  { mcp_resource https://mcp.example.com/mcp/; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json; %%OK%% }
        location /host   { mcp_resource https://mcp.example.com; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json; mcp_metadata_uri https://mcp.example.com/about/host; %%OK%% }
        location /alias  { mcp_resource https://mcp.example.com/alias; mcp_audience $resource api://alias; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;
                           location /alias/own { mcp_resource https://mcp.example.com/alias/own; %%OK%% } %%OK%% }
        location /two    { mcp_resource https://mcp.example.com/two; mcp_audience $resource; $two %%OK%% }
        location /a_only { mcp_resource https://mcp.example.com/a_only; mcp_audience $resource; mcp_authorization_server $as_a; mcp_jwks a.json; %%OK%% }
        location /issuer { mcp_resource https://mcp.example.com/issuer; mcp_audience $resource; mcp_authorization_server https://login.example.com; mcp_issuer urn:internal; mcp_jwks jwks.json; %%OK%% }
        location /any    { mcp_resource https://mcp.example.com/any; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_insecure_skip_issuer_check on; mcp_jwks b.json; %%OK%% }
    }
CONF

sub status ($path, $token) { return $nginx->get($path, token => $token)->status }
sub audience ($aud, $path = '/mcp') { return status($path, access_token(aud => $aud)) }

# --- audience -----------------------------------------------------------------------------------------------------------

my %foreign = (
    'another path' => 'https://mcp.example.com/other', 'a longer path' => "$resource/more", 'a shorter one' => 'https://mcp.example.com', 'a trailing slash' => "$resource/",
    'another scheme' => 'http://mcp.example.com/mcp', 'another host' => 'https://mcp.example.org/mcp', 'another port' => 'https://mcp.example.com:8443/mcp',
    'a query' => "$resource?a", 'a fragment' => "$resource#a", 'another case' => 'https://mcp.example.com/MCP', 'a space behind' => "$resource ", 'a NUL behind' => "$resource\0",
    'an empty string' => '', 'an empty list' => [], 'a list of others' => ['https://x.example.com', "$resource/"], 'a list in a list' => [[$resource]],
    'a number' => 1, 'null' => undef, 'true' => JSON::PP::true(), 'an object' => { aud => $resource }, 'a list in a string' => qq(["$resource"]), 'two in a string' => "$resource $resource",
);
is audience($foreign{$_}), 401, "SPEC 11, 12, 75: aud is $_: refused" for sort keys %foreign;
is audience($resource), 200, 'aud is the resource, as a string';
is audience([$resource]), 200, 'as a list of one';
is audience(['account', $resource, 'x']), 200, 'among others';
is status('/mcp', mint('p256', claims(scope => 'x', resource => $resource))), 401, 'a claim "resource" is no audience';

is audience($resource, '/slash'), 401, 'a resource with a trailing slash: not without';
is audience("$resource/", '/slash'), 200, 'but with it';
is audience("https://mcp.example.com$_", '/host'), 200, "a resource without a path: with or without the slash that URL classes write ('$_')" for '', '/';
is audience('https://mcp.example.com//', '/host'), 401, 'but no second one';
is audience($_, '/alias'), 200, "an alias: $_" for 'https://mcp.example.com/alias', $resource, 'api://alias', ['api://alias'];
is audience($_, '/alias'), 401, "not like an alias: $_" for 'API://alias', 'api://alias/';
is audience($_, '/alias/own'), 401, 'another resource below it does not inherit its aliases' for $resource, 'api://alias', 'https://mcp.example.com/alias';
is audience('https://mcp.example.com/alias/own', '/alias/own'), 200, 'but has its own name';

# --- issuers ------------------------------------------------------------------------------------------------------------

sub of ($issuer, $key, $kid = 'k') { return mint($key, claims(iss => $issuer, aud => $resource), header => { kid => $kid }) }

is status('/two', of($as_a, 'p256')), 200, 'SPEC 25, 80: a token of issuer A, signed by A';
is status('/two', of($as_b, 'p256_other')), 200, 'a token of issuer B, signed by B';
my $mixed = of($as_a, 'p256_other');
is status('/two', $mixed), 401, 'SPEC 25, 74: a token of issuer A, signed by B, is refused';
is status('/two', of($as_b, 'p256')), 401, 'a token of issuer B, signed by A, is refused';
for my $issuer ("$as_a/", uc $as_a, 'https://c.example.com', '', 'https://a.example.com:443', "$as_a $as_b", [$as_a], undef, { a => 1 }) {
    is status('/two', of($issuer, $_)), 401, 'an unknown issuer is refused: ' . to_json($issuer) for 'p256', 'p256_other';
}
is status('/two', mint('p256', to_json(claims(aud => $resource, iss => $as_b)) =~ s/\A\{/{"iss":"$as_a",/r, header => { kid => 'k' })), 401, 'SPEC 78: two issuers in one token';
is status('/two', mint('p256', claims(iss => $as_a, aud => $resource), header => { kid => undef })), 200, 'a token without a kid finds the key of its issuer';
is status('/two', mint('p256_other', claims(iss => $as_a, aud => $resource), header => { kid => undef })), 401, 'and only that';

# What one location found out about a token does not help it at another.
is status('/any', $mixed), 200, 'where any issuer is accepted, B\'s key is good for A\'s name';
is status('/two', $mixed), 401, 'which changes nothing elsewhere';
is status('/a_only', $mixed), 401, 'nor there';
is status('/a_only', of($as_a, 'p256')), 200, 'where A alone is known';
is status('/a_only', of($as_b, 'p256_other')), 401, 'and B is not';
is status('/any', of($as_a, 'p256')), 401, 'any issuer is not any key';
is status('/any', mint('p256_other', claims(iss => undef, aud => $resource), header => { kid => 'k' })), 200, 'any issuer: even none';

is status('/issuer', access_token(iss => 'urn:internal')), 200, 'mcp_issuer is what tokens say';
is status('/issuer', access_token(iss => 'https://login.example.com')), 401, 'where it differs from what is advertised';
is_deeply from_json($nginx->get('/.well-known/oauth-protected-resource/issuer')->body)->{authorization_servers}, ['https://login.example.com'], 'which the metadata has';

finish();
