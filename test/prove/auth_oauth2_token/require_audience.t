# auth_oauth2_token_require_audience: aud names this resource, as a string or among others.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $as_port = $as->port;
my $nginx   = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_claim_set \$aud aud;
    map \$aud \$is_alias { default 0; "https://alias.example" 1; }
    map \$aud \$is_this { default 0; "https://mcp.example.com/mcp" 1; }
    map "" \$always { default 1; }
    map "" \$uri_of_this { default "https://mcp.example.com/mcp"; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        location /mcp    { auth_oauth2_token_require_audience \$uri_of_this; %%OK%% }
        location /either { auth_oauth2_token_require_audience https://one.example https://two.example; %%OK%% }
        location /alias  { auth_oauth2_token_require_audience \$uri_of_this or=\$is_alias; %%OK%% }
        location /map    { auth_oauth2_token_require_audience \$uri_of_this https://alias.example or=\$is_this; %%OK%% }
        location /any    { auth_oauth2_token_require_audience \$uri_of_this or=\$always; %%OK%% }
        location /undefined { auth_oauth2_token_require_audience \$uri_of_this or=\$nobody_defines_it; %%OK%% }
        location /behind { auth_oauth2_token_require_audience \$uri_of_this or=\$behind; %%OK%% }
        location /empty  { auth_oauth2_token_require_audience \$http_x_none; %%OK%% }
        location /cached { auth_oauth2_token_require_audience \$uri_of_this; auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /outer {
            auth_oauth2_token_require_audience https://one.example;
            location /outer/inner { auth_oauth2_token_require_audience https://two.example; %%OK%% }
        }
        location /_as/   { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
    map \$aud \$behind { default 0; "~^https://behind\\.example\$" 1; }
CONF

my $number = 0;

sub at ($path, $aud, $token = 'token-' . ++$number) {
    $as->answer('/introspect', body => to_json({ active => \1, defined $aud ? (aud => $aud) : () }));
    return $nginx->get($path, token => $token)->status;
}

my $this = 'https://mcp.example.com/mcp';
is at('/mcp', 'https://other'),            401, 'SPEC 12: another audience';
is at('/mcp', undef),                      401, 'SPEC 75: no audience';
is at('/mcp', []),                         401, 'an empty array names nobody';
is at('/mcp', "$this/"),                   401, 'a slash more';
is at('/mcp', "https://other,$this"),      401, 'a comma in one name does not make two';
is at('/mcp', ['https://other', "$this#"]), 401, 'an array without it';
is at('/mcp', $this),                      200, 'a string';
is at('/mcp', ['account', $this, 'x']),    200, 'an array of several';

is at('/either', 'https://two.example'), 200, 'any of the names';
is at('/either', $this),                 401, 'none of the names';
is at('/alias', 'https://alias.example'), 200, 'or= passes what the variable says';
is at('/alias', ['account', $this]),     200, 'and what aud says';
is at('/alias', 'https://other'),        401, 'neither';
# A "map" compares its strings without case.
for my $path (qw(/map /any)) {
    is at($path, $_), 401, "$path: a name that differs in case alone is never ours: " . to_json($_)
        for 'https://mcp.example.com/MCP', 'HTTPS://MCP.EXAMPLE.COM/MCP', ['https://mcp.example.com/MCP'], ['https://other', 'https://MCP.example.com/mcp'];
    is at($path, $_), 200, "$path: the exact one is, also beside it: " . to_json($_) for $this, [$this], ['https://mcp.example.com/MCP', $this];
}
is at('/map', 'https://ALIAS.example'), 401, 'this counts for every name that is given';
is at('/any', 'https://other'),         200, 'or= decides about all others';
is at('/undefined', $this),             200, 'or= with a variable that nobody defines: the names decide';
is at('/undefined', 'https://other'),   401, 'and nobody else passes';
is at('/behind', 'https://behind.example'), 200, 'a map may stand behind it';

is at('/empty', ''),                     401, 'an empty name is nobody';
is at('/outer/inner', 'https://two.example'), 401, 'inherited ones add up: one of two';
is at('/outer/inner', ['https://one.example', 'https://two.example']), 200, 'both';

is at('/cached', 'https://other', 'same'), 401, 'SPEC 85: a foreign token';
is at('/cached', $this,           'same'), 401, 'and again from the cache: what is kept are claims, not decisions';

$as->answer('/introspect', body => '{"active":true,"aud":"https://mcp.example.com/MCP"}');
$nginx->refuses('the log says why', path => '/any', token => 'b-token', reason => qr/audience_not_accepted: .*differs in upper and lower case/);
$as->answer('/introspect', body => '{"active":true,"aud":"https://other"}');
$nginx->refuses('the log says why', path => '/mcp', token => 'a-token', reason => qr/auth_oauth2_token: audience_\w+: /);
finish();
