# The arguments of mcp_rate_limit and of the directives beside it, and where they have no effect.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../prove/lib";
use TestNginx;
use TestNginx::Mcp;

umask 0077;    # else nginx warns of files that everybody can read
my %files = ('jwks.json' => jwks('p256'));

sub check ($name, $http, $location, $passes, @messages) {
    my ($passed, @lines) = nginx_t("$http server { listen 127.0.0.1:%%PORT%%; location /mcp { $location } }", \%files);
    return is_deeply [$passed ? 'passes' : 'fails', @lines], [$passes, @messages], $name;
}
sub fine ($arguments, @warnings) { return check($arguments, 'mcp_zone z 1m;', "$protected mcp_rate_limit $arguments;", 'passes', map { qq([warn] "mcp_rate_limit" directive: $_) } @warnings) }
sub bad ($arguments, $message) { return check($arguments, 'mcp_zone z 1m;', "$protected mcp_rate_limit $arguments;", 'fails', qq([emerg] "mcp_rate_limit" directive: $message)) }

fine($_) for 'rate=100r/m burst=1', 'burst=1000000 rate=1000000r/s', (map { "rate=5r/s burst=1 by=$_" } qw(subject client issuer address)), (map { "rate=5r/s algorithm=$_" } 'gcra burst=1', qw(fixed_window token_bucket sliding_window)),
    'rate=5r/m tool=write_*', 'rate=5r/m method=tools/call', 'rate=5r/m prompt=*', 'rate=5r/m resource=file:///*';
fine($_, 'no two requests pass at once, and clients begin with several; add "burst", or another "algorithm"') for 'rate=100r/m', 'rate=1r/h burst=0', 'rate=5r/s algorithm=gcra by=client';
fine('rate=5r/m method=tools/cal', 'no method of MCP matches "tools/cal"; is it misspelt?');

bad("rate=$_", qq(invalid rate "$_", it must be a number from 1 to 1000000 with r/s, r/m or r/h, like 100r/m)) for '', '0r/s', '1000001r/s', '-1r/s', '+1r/s', '1.5r/s', '100', 'r/m', '100r/d', '100/m', '100r/mm', '18446744073709551617r/s', '0x10r/s';
bad("rate=1r/s burst=$_", qq(invalid burst "$_", it must be a number from 0 to 1000000)) for '', '-1', '1000001', '2147483648', '4294967296', '1k', '1.0';
bad('rate=1r/s algorithm=leaky', 'invalid algorithm "leaky", it must be gcra, fixed_window, token_bucket or sliding_window');
bad('rate=1r/s by=user', 'invalid caller "user", it must be subject, client, issuer or address');
bad('burst=5', 'no "rate=" is given, for example "rate=100r/m"');
bad('rate=1r/s name=x', 'unknown parameter "name=..."');
bad('rate=1r/s fast', 'unknown parameter "fast"');
bad('rate=1r/s tool=', '"tool=" is empty; remove it, or write a pattern like "write_*"');
bad('rate=1r/s method=ping tool=x', '"method=ping" and "tool=x" together match no request; leave one of them out, or write two directives');
check('a parameter twice', 'mcp_zone z 1m;', "$protected mcp_rate_limit rate=1r/s rate=2r/s;", 'fails', '[emerg] "mcp_rate_limit" directive is duplicate');

my $where = '[emerg] "mcp_rate_limit" directive:';
check('nowhere to count', '', "$protected mcp_rate_limit rate=1r/s burst=1;", 'fails', "$where there is nowhere to count: add \"mcp_zone\" (this machine counts), or \"mcp_redis\" (several machines count together)");
check('others let in', 'mcp_zone z 1m;', "$protected satisfy any; mcp_rate_limit rate=1r/s burst=1;", 'passes', '[warn] "mcp_rate_limit" directive: with "satisfy any", a request that another access module lets in has no limit');
check('the same twice', 'mcp_zone z 1m;', "$protected mcp_rate_limit rate=1r/s burst=1; mcp_rate_limit by=subject burst=1 rate=1r/s;", 'fails', "$where the same limit applies twice here; leave one of them out");
check('another rate', 'mcp_zone z 1m;', "$protected mcp_rate_limit rate=1r/s burst=20; mcp_rate_limit rate=5r/s burst=20;", 'passes');
check('another period', 'mcp_zone z 1m;', "$protected mcp_rate_limit rate=1r/s burst=1; mcp_rate_limit rate=500r/h burst=1;", 'passes');
check('the level above adds', 'mcp_zone z 1m; mcp_rate_limit rate=1r/s burst=1;', "$protected mcp_rate_limit rate=1r/s burst=1;", 'fails', "$where the same limit applies twice here; leave one of them out");
check('unprotected', 'mcp_zone z 1m;', 'mcp_rate_limit rate=1r/s burst=1;', 'fails', "$where nothing protects this location: add \"mcp_resource\", or leave the directive out; for several locations it stands in \"server\" or \"http\"");

sub refusals ($arguments, $passes, @messages) { return check("mcp_refusal_limit $arguments", 'mcp_zone z 1m;', "$protected mcp_refusal_limit $arguments;", $passes, map { qq([emerg] "mcp_refusal_limit" directive: $_) } @messages) }
refusals('off', 'passes');
refusals('rate=30r/m burst=3', 'passes');
refusals('on', 'fails', 'unknown parameter "on"');
refusals('burst=3', 'fails', 'no "rate=" is given, for example "rate=100r/m"');
refusals('rate=30r/m algorithm=gcra', 'fails', 'unknown parameter "algorithm=..."');
check('refusals of who may pass', 'mcp_zone z 1m;', "$protected satisfy any; mcp_refusal_limit rate=1r/s;", 'fails', '[emerg] "mcp_refusal_limit" directive: with "satisfy any" a refused token may belong to a request that passes; set "mcp_refusal_limit off" here, or remove "satisfy any"');
check('refusals without a zone', '', "$protected mcp_refusal_limit rate=1r/s;", 'fails', '[emerg] "mcp_refusal_limit" directive: there is nowhere to count: add "mcp_zone"');

check('no such phase', '', "$protected mcp_phase rewrite;", 'fails', '[emerg] "mcp_phase" directive: invalid phase "rewrite", it must be "preaccess" or "access"');
check('nobody else can let in', '', "$protected satisfy any; mcp_phase preaccess;", 'fails', '[emerg] "mcp_phase" directive: with "preaccess", "satisfy any" has no effect here; remove one of the two');

done_testing;
