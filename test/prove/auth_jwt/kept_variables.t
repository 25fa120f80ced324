# nginx keeps what "map" computed for the time of a request. A location judges by what its variables say there and then:
# not by what they said in the location that the request came through, nor before its token was verified.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $backend = run_origin();
my $port    = $backend->port;
$backend->answer('/jwks', body => jwks('p256'));
$backend->answer("/$_", body => '', headers => [['X-Accel-Redirect', "/$_"]]) for qw(needs claims value regex token preaccess open);
$backend->answer('/seen', body => 'seen');
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    map \$uri \$needed         { default '"a:read"'; "~^/(needs|rewritten)" '"b:read"'; }
    map \$uri \$expected       { default '"alice"'; /claims '"bob"'; }
    map \$jwt_claim_scope \$may_b { default 0; "~(^| )b:read( |\$)" 1; }
    map "\$uri \$jwt_claim_scope" \$may { default 0; "~^/(value|open|in/value) .*b:read" 1; "~^/a/.* .*a:read" 1; }
    map \$jwt_claim_revoked \$not_revoked { default 1; 1 0; }
    map \$jwt_claim_sub \$who  { default "who:\$jwt_claim_sub"; }
    map \$uri \$source         { default \$http_x_one; /token \$http_x_other; }
    map \$jwt_claim_none \$never { default 0; }
    split_clients \$request_id \$stays { 50% one; * two; }
    log_format who "\$request_uri \$who";
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/who.log who;
        location /a/        { set \$keep "\$source\$may_b"; auth_jwt_require_claim scope match \$needed; auth_jwt_require_claim sub any \$expected; auth_jwt_require \$may; proxy_pass http://127.0.0.1:$port/; }
        location = /needs   { auth_jwt_require_claim scope match \$needed; %%OK%% }
        location = /claims  { auth_jwt_require_claim sub eq \$expected; %%OK%% }
        location = /value   { auth_jwt_require \$may error=403; %%OK%% }
        location = /preaccess { auth_jwt_phase preaccess; auth_jwt_require_claim scope match \$needed; auth_jwt_require_claim sub eq \$expected; %%OK%% }
        location = /open    { auth_jwt off; return 200 \$may; }
        location = /token   { auth_jwt "site" token=\$source; %%OK%% }
        location ~ ^/rege(x)\$ { set \$before \$needed; auth_jwt_require \$may_b error=403; add_header X-Captured \$1; %%OK%% }

        location /page      { set \$keep \$needed; auth_jwt off; error_page 404 /needs; return 404; }
        location /named     { auth_jwt_require_claim sub any \$expected; auth_jwt_require_claim scope match \$needed; try_files /none \@named; }
        location \@named    { set \$x \$may_b; auth_jwt_require \$may_b error=403; %%OK%% }
        location /last      { set \$keep "\$needed\$may_b"; rewrite ^ /needs last; }

        # Before the token was verified: "if", and whatever runs in the rewrite phase.
        location /early     { set \$keep "\$may_b\$not_revoked\$who"; auth_jwt_require \$may_b \$not_revoked error=403; %%OK%% }
        location /waiting   { set \$keep \$not_revoked; auth_jwt_key_request /_jwks; auth_jwt_require \$not_revoked error=403; %%OK%% }
        location /once      { set \$keep \$stays; auth_jwt_require \$jwt_claim_sub; return 200 \$keep=\$stays; }
        location = /_jwks   { internal; auth_jwt off; set \$touch "\$needed\$may"; proxy_pass http://127.0.0.1:$port/jwks; }
        location /subrequest { auth_jwt_key_request /_jwks; auth_jwt_require_claim scope match \$needed; %%OK%% }

        # What was refused with 401 is not to be seen, by way of a "map" neither.
        location /refused   { auth_jwt_require \$who; auth_jwt_require \$never; error_page 401 = \@refused; %%OK%% }
        location \@refused  { return 200 \$who; }

        # A subrequest is judged where nginx lets it be: in the preaccess phase.
        location /checked   { auth_jwt_require_claim sub any \$expected; set \$keep \$may; auth_request /in/value; %%OK%% }
        location = /in/value { auth_jwt_phase preaccess; auth_jwt_require \$may error=403; %%OK%% }
    }
    server {
        listen 127.0.0.1:%%PORT_REWRITE%%;
        set \$keep "\$needed\$may_b";
        rewrite ^/rewrite /rewritten;
        location /rewritten { auth_jwt_require_claim scope match \$needed; %%OK%% }
    }
CONF
sub token (%claims) { return token => mint('p256', claims(%claims)) }
sub status ($path, %claims) { return $nginx->get($path, token(%claims))->status }

my ($a, $both) = ('a:read', 'a:read b:read');

# By X-Accel-Redirect: each location by its own.
is status('/a/needs', scope => $a),        401, 'the scope that another location needs is not enough';
is status('/a/needs', scope => $both),     200, 'who has both passes both';
is status('/a/claims', scope => $a),       401, 'nor is the claim that another location expects';
is status('/a/value', scope => $a),        403, 'a required value is asked anew';
is status('/a/value', scope => $both),     200, 'and may be true';
my ($one, $other) = map { mint('p256', claims(scope => $_)) } $a, $both;
$nginx->keep_out_of_log($one, $other);
is $nginx->get('/a/token', token => $other, headers => ["X-One: $one"])->status, 401, 'the token is where the location says';
is $nginx->get('/a/token', token => $other, headers => ["X-One: junk", "X-Other: $one"])->status, 200, 'and is found there';
is status('/a/preaccess', scope => $a),    200, 'in the preaccess phase, too';
is $nginx->get('/a/open', token(scope => $both))->body, '1', 'a location that judges nobody changes nothing';
is $nginx->get('/a/regex', token(scope => $both))->header('X-Captured'), 'x', 'what a location has captured stays';
is status('/a/regex', scope => $a),        403, 'where it judges as well';

# By other ways.
is status('/page', scope => $a),      401, 'error_page: by the rules of the page';
is status('/page', scope => 'b:read'), 404, 'and who meets them gets it';
is status('/named', scope => $a),     403, 'a named location: by its own';
is status('/named', scope => $both),  200, 'and who meets them passes';
is status('/last', scope => $a),      401, 'rewrite ... last: by where it leads';
is status('/last', scope => 'b:read'), 200, 'and who meets that passes';
is $nginx->get('/rewrite', port => 'PORT_REWRITE', token(scope => $a))->status,       401, 'rewrite of a server: by where it leads';
is $nginx->get('/rewrite', port => 'PORT_REWRITE', token(scope => 'b:read'))->status, 200, 'and who meets that passes';

# Before there was a token.
is status('/early', scope => 'b:read'),               200, 'a map that was asked too early is asked again';
is status('/early', scope => $a),                     403, 'and counts';
is status('/early', scope => 'b:read', revoked => 1), 403, 'what was harmless without a token is not with one';
is status('/waiting', revoked => 1),                  403, 'also when the keys had to be waited for';
is status('/waiting'),                                200, 'and passes otherwise';
is status('/subrequest', scope => $a),                200, 'what the subrequest for the keys computed is not taken for ours';
like $nginx->get('/once', token())->body, qr/\A(\w+)=\1\z/, 'a request that is judged once keeps what has nothing to do with the token';

# Refused.
is $nginx->get('/refused', token(sub => 'mallory'))->body, 'who:', 'an error page sees nothing of a token that was refused';
my $log = do { open my $in, '<', $nginx->dir . '/who.log' or die $!; local $/ = undef; <$in> };
unlike $log, qr/mallory/, 'nor does the access log';
like $log, qr/\/early who:alice/, 'which knows those who passed';

# Subrequests.
is status('/checked', scope => $a),    403, 'a subrequest is judged by its own';
is status('/checked', scope => $both), 200, 'and may pass';

finish();
