# nginx keeps what "map" computed for the time of a request. A location judges by what its variables say there and then:
# not by what they said in the location that the request came through, nor before its token was introspected.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as   = run_origin();
my $port = $as->port;
my %scopes = (low => 'a:read', high => 'a:read b:read', revoked => 'a:read');
$as->answer('/low',     body => '{"active":true,"sub":"alice","scope":"a:read","aud":"https://a"}');
$as->answer('/high',    body => '{"active":true,"sub":"alice","scope":"a:read b:read","aud":["https://a","https://b"]}');
$as->answer('/revoked', body => '{"active":true,"sub":"mallory","revoked":"1"}');
$as->answer("/$_", body => '', headers => [['X-Accel-Redirect', "/$_"]]) for qw(value audience otherwise other);
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_claim_set \$revoked revoked;
    map \$uri \$needed       { default https://a; "~^/(audience|otherwise|last)" https://b; }
    map "\$uri \$oauth2_token_scope" \$may { default 0; "~^/value .*b:read" 1; "~^/in/value .*b:read" 1; "~^/a/.* .*a:read" 1; }
    map \$uri \$otherwise    { default 1; /otherwise 0; }
    map \$revoked \$not_revoked { default 1; 1 0; }
    map \$oauth2_token_active \$is_active { default ''; 1 yes; }
    map \$oauth2_token_sub \$who { default "who:\$oauth2_token_sub"; }
    map \$uri \$endpoint     { default /_as/\$http_x_answer; /other /_as/none; }
    log_format who "\$request_uri \$who";
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/who.log who;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint \$endpoint;
        location /a/         { auth_oauth2_token_require_audience \$needed or=\$otherwise; auth_oauth2_token_require \$may; proxy_pass http://127.0.0.1:$port/; }
        location = /audience { auth_oauth2_token_require_audience \$needed; %%OK%% }
        location = /otherwise { auth_oauth2_token_require_audience https://nobody or=\$otherwise; %%OK%% }
        location = /value    { auth_oauth2_token_require \$may error=403; %%OK%% }
        location = /other    { %%OK%% }
        location /last       { set \$keep \$needed; rewrite ^ /audience last; }
        location /page       { auth_oauth2_token_introspect off; set \$keep \$needed; error_page 404 /audience; return 404; }
        location /early      { set \$keep "\$not_revoked\$is_active\$may"; auth_oauth2_token_require \$not_revoked error=403; auth_oauth2_token_require \$is_active error=405; %%OK%% }
        location /refused    { auth_oauth2_token_require \$who; auth_oauth2_token_require \$http_x_none; error_page 401 = \@refused; %%OK%% }
        location \@refused   { auth_oauth2_token_introspect off; return 200 \$who; }
        location /checked    { set \$keep \$may; auth_request /in/value; %%OK%% }
        location = /in/value { auth_oauth2_token_phase preaccess; auth_oauth2_token_introspect_endpoint /_as/\$http_x_answer; auth_oauth2_token_introspect_cache zone=main:1m; auth_oauth2_token_require \$may error=403; %%OK%% }
        location /cached     { auth_oauth2_token_introspect_cache zone=main:1m; auth_oauth2_token_introspect_endpoint /_as/\$http_x_answer; %%OK%% }
        location /_as/       { internal; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my $number = 0;
sub status ($path, $answer) { return $nginx->get($path, token => 'token-' . ++$number, headers => ["X-Answer: $answer"])->status }

is status('/a/audience', 'low'),  401, 'the audience that another location needs is not enough';
is status('/a/audience', 'high'), 200, 'who has both passes both';
is status('/a/otherwise', 'high'), 401, 'or= is asked anew';
is status('/a/value', 'low'),     403, 'a required value is asked anew';
is status('/a/value', 'high'),    200, 'and may be true';
is status('/a/other', 'high'),    503, 'the endpoint is that of the location';
is status('/last', 'low'),        401, 'rewrite ... last: by where it leads';
is status('/last', 'high'),       200, 'and who meets that passes';
is status('/page', 'low'),        401, 'error_page: by the rules of the page';
is status('/early', 'low'),       200, 'a map that was asked too early is asked again';
is status('/early', 'revoked'),   403, 'what was harmless without a token is not with one';

is $nginx->get('/refused', token => 'refused-token', headers => ['X-Answer: revoked'])->body, 'who:', 'an error page sees nothing of a token that was refused';
my $log = do { open my $in, '<', $nginx->dir . '/who.log' or die $!; local $/ = undef; <$in> };
unlike $log, qr/refused who:mallory/, 'nor does the access log';
like $log, qr/\/early who:alice/, 'which knows those who passed';

for my $answer (qw(low high)) {
    my %request = (token => "checked-$answer", headers => ["X-Answer: $answer"]);
    is $nginx->get('/cached', %request)->status, 200, "the answer is in the cache: $answer";
    is $nginx->get('/checked', %request)->status, $answer eq 'low' ? 403 : 200, "a subrequest is judged by its own: $answer";
}

finish();
