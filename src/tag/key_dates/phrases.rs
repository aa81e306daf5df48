//! The phrases around a date, by what they say. Matching them is `cues.rs`'s work.

use super::cues::{Sense, Topic};
use crate::domain::key_date::DateEvent;

use DateEvent::{Application, EntryIntoForce, Publication, Withdrawal};

/// Phrases, parted by `|`, folded; a `*` ends a word's beginning.
pub(super) const PHRASES: &[(Sense, &str)] = &[
    // Comments and consultations.
    (
        Sense::Topic(Topic::Comment),
        "comment|comments|commenting|comment period|consultation|consultations|consultation period\
         |feedback|views|responses|response period|submissions|input|call for evidence\
         |call for input|call for views|request for information|request for comment*|observations\
         |have your say|public enquiry|respond to the\
         |public comment|public comments|public input|replies|representations|remarks|tell us\
         |comment window|feedback window|consultation window|feedback period|exposure period\
         |questionnaire|to respond to the discussion paper|to respond to the consultation|to respond to the draft|to respond to the paper\
         |to respond to the proposals|to respond to the call|deadline to respond|deadline for responding|deadline to reply|deadline to comment\
         |respond by|reply by|responding to the|respond to this|let us know|stellungnahme*|konsultation*|anhorungsfrist\
         |anmerkungen|einwendungen|einspruchsfrist|beteiligungsverfahren|verbandeanhorung|vernehmlassungsfrist\
         |ruckmeldung*|kommentare|kommentierung*|vernehmlassung*|consultation publique\
         |contributions|commentaires|reponses\
         |observations du public|appel a contributions|appel a commentaires|repondre a la consultation|remarques|alegaciones|consulta publica|consulta\
         |observaciones|comentarios|aportaciones\
         |sugerencias|opiniones|informacion publica|tramite de audiencia|audiencia e informacion publica|consultazione|consultazioni|osservazioni\
         |contributi|commenti\
         |pareri|consultazione pubblica|questionario|consultatie|consultaties|reacties\
         |consultatieperiode|reageren|inspraak|inspraakreacties|internetconsultatie|zienswijzen\
         |konsultacje|konsultacji|uwagi|uwag|opinie",
    ),
    (
        Sense::Nothing,
        "retire du marche|retiree du marche|retires du marche|retirees du marche|withdrawn from the market|withdrawn from sale|retirado del mercado|retirados del mercado|ritirato dal mercato|ritirati dal mercato|following consultation|after consultation|following a consultation|after a consultation\
         |following the consultation|after the consultation|in consultation with\
         |consultation response|consultation responses\
         |certification bod*|certification services|certification schemes|in view of\
         |report on the consultation|due to|in response to|certified organis*|certified organiz*|certified compan*|certified entit*|certified firm*|certified product*\
         |end user*|with effect|conference room*|conference call*|meeting room*|meeting minutes|conference centre*|conference center*|year ended|year ending|quarter ended|quarter ending|months ended\
         |months ending|years ended|response to the consultation|summary of responses|feedback statement\
         |vote on the amendments|vote on amendments|vote on the bill|vote on the law\
         |vote on the act|vote on the proposal|vote on its position|vote on the motion\
         |vote on the report|vote on the deal|vote on the agreement|vote on the package\
         |parliamentary vote on|plenary vote on|parliament vote on|parliament will vote on\
         |parliament to vote on|parliament is due to vote on|meps are due to vote on|parliament is to vote on|meps vote on|meps will vote on\
         |meps to vote on|meps are to vote on|senate vote on|senate will vote on\
         |senate to vote on|senate is to vote on|senators vote on|senators will vote on\
         |senators to vote on|senators are to vote on|house vote on|house will vote on\
         |house to vote on|house is to vote on|lawmakers vote on|lawmakers will vote on\
         |lawmakers to vote on|lawmakers are to vote on|deputies vote on|deputies will vote on\
         |deputies to vote on|deputies are to vote on\
         |council vote on|council will vote on\
         |council to vote on|council is to vote on|assembly vote on|assembly will vote on\
         |assembly to vote on|assembly is to vote on",
    ),
    // Ballots.
    (
        Sense::Topic(Topic::Ballot),
        "cast their votes on the new work item|cast their votes on the draft|cast their votes on the fdis|cast their votes on the dis\
         |cast their votes on the final draft|cast their vote on the draft|cast votes on the draft|vote sur le projet final|vote sur le projet de norme|vote sur le projet final de norme|vote sur la norme|cdv vote|vote that should|ballot|ballots|ballot period|balloting|vote on|voting|voting period|formal vote\
         |enquiry on pren|enquiry on iso|enquiry on en|enquiry on the draft standard|cen enquiry\
         |dis enquiry|enquiry vote|abstimmung uber|enquete publique afnor|dis ballot|fdis ballot",
    ),
    // Certificates.
    (
        Sense::Topic(Topic::Certificate),
        "certificate|certificates|certification|certifications|certified|recertified|recertification\
         |re-certification|recertification audit*|transition audit*|reassessment|reassessments\
         |zertifikat*|zertifizier*|certificat|certificats|certifie*|certificado*|certificacion\
         |certificato|certificati|certificazione|certificaat|certificaten|gecertificeerd|certyfikat*",
    ),
    // Transitions.
    (
        Sense::Topic(Topic::Transition),
        "transition ends|transition period|the transition to|transition deadline|transitional period|transitional\
         |transitional arrangements|transition phase\
         |to migrate|migrate to|migration to|migration period|to transition|transition to|transition by|period of grace|grace period|phase-in period|sunrise period\
         |ubergangsfrist*|ubergangszeit*|ubergangsphase|ubergangsregelung*|schonfrist|karenzfrist\
         |periode transitoire|periode de transition|regime transitoire|delai de grace\
         |periodo transitorio|periodo de transicion|periodo di transizione|regime transitorio\
         |periodo de gracia|overgangsperiode|overgangstermijn|overgangsregeling\
         |okres przejsciowy|okresu przejsciowego",
    ),
    // Duties that must be met.
    (
        Sense::Topic(Topic::Compliance),
        "comply|comply with|in compliance|compliance date|compliance dates|compliance deadline\
         |compliance with|transpose|transposed|transposition|transposition deadline|implementation deadline\
         |implementation date|be implemented|in place|umzusetzen|umsetzungsfrist|umgesetzt\
         |transposer|transposition en droit|mettre en conformite|se conformer|transponer\
         |trasposicion|cumplir|adecuarse|adeguarsi|recepire|recepimento|conformarsi\
         |omgezet|omzetting|omzetten|voldoen|dostosowac|wdrozyc|transpozycji",
    ),
    // Registrations, reports, applications.
    (
        Sense::Topic(Topic::Submission),
        "registrierungsmeldung*|envio de|envio do|envio da|date for handing in|date for filing|date for submitting|registration|registrations|registration deadline|reporting deadline|filing deadline\
         |submission deadline|application deadline|applications|application period|nominations\
         |expressions of interest|proposals|bids|abstracts|registration period|annual return\
         |annual returns|reporting period|self-assessment|entries|notification deadline\
         |registrierung|registrierungsfrist|meldefrist|meldungen|antrage|bewerbungen|anmeldung\
         |anmeldungen|anmeldefrist|candidatures|inscription|inscriptions|enregistrement\
         \
         |trasmissione dei|trasmissione delle|invio dei|invio delle|presentazione delle|einreichung|abgabe|antragsfrist|bewerbungsfrist|skladania|zlozenia|inzending|indiening|aanlevering|remise des|depot des|presentacion de solicitudes|self-registration|call for applications|call for proposals|grant applications|solicitudes|candidaturas|inscripcion|registro de|domande\
         |candidature|iscrizione|iscrizioni|registrazione|aanmeldingen|aanmelding|registratie\
         |aanvragen|rejestracja|rejestracji|wnioski|wnioskow|zgloszenia",
    ),
    (
        Sense::HandIn,
        "submit|submitted|report the|report all|report these|report data|report incidents|report figures\
         |report on their|report annually|register|registered|file|filed|apply for|report to|reported to|notify|notified\
         |report their|report its\
         |provide the following|provide the commission|provide the authority|provide the agency|furnish|handing in|to respond to|send|sent to|provide their|enrol|enroll|lodge|lodged|apply\
         |return|returned|hand in|deliver|upload|declare|registrieren|melden|einreichen\
         |abgeben|ubersenden|abzugeben|zu melden|gemeldet\
         |eingereicht|einzureichen|vorzulegen|einzusenden|ubermitteln|anmelden|anzumelden|vorlegen|beantragen\
         |transmettre|transmis|soumettre|deposer\
         |adresser|communiquer|enregistrer|declarer|notifier|s inscrire\
         |inscrire|remettre|remis|registrarse|presentar|remitir|enviar|notificar|inscribirse\
         |comunicar|registrarsi|inviare|trasmettere|presentare|notificare|iscriversi|comunicare\
         |registreren|indienen\
         |inleveren|aanleveren|opsturen|doorgeven|in te dienen|ingediend|aanmelden|melden bij|rapporteren|zarejestrowac\
         |zlozyc|zglosic|przekazac|przeslac|zglaszac",
    ),
    (
        Sense::Duty,
        "must|shall|have to|has to|will have to|required to|are required|is required|be required to\
         |need to|needs to|need|obliged|obliged to|are to be|is to be|subject to|be bound by|muss|mussen\
         |verpflichtet|doit|doivent|devront|devra|sont tenus|seront tenus|soumis a|deben|debe\
         |deberan|debera|obligados|sujetos a|devono|deve|dovranno|dovra|sono tenuti|tenuti a\
         |moeten|moet|dienen|dient|musza|musi|beda musiel*|beda zobowiazan*|beda musialy|bedzie musial*|nalezy|powinny|sa zobowiazane",
    ),
    (
        Sense::Leave,
        "should be|should|please|have until|has until|are invited|invited to|can be|may be|haben|hat\
         |ist zu|sind zu|sollen|konnen|peuvent|tienen|podran|possono|kunnen|mozna|can|encouraged to\
         |urged to|asked to|requested to|aufgefordert|invites|invites a|invitados",
    ),
    // Meetings.
    (
        Sense::Topic(Topic::Meeting),
        "hearing|public hearing|hearings|meeting|public meeting|webinar|workshop|conference\
         |roundtable|round table|symposium|seminar|town hall|information session|info session\
         |anhorung|veranstaltung|online-seminar|fachtagung|konferenz|audition|audition publique\
         |webinaire|atelier|colloque|audiencia publica|audiencia|jornada|seminario|taller|udienza\
         |audizione|convegno|hoorzitting|bijeenkomst|themabijeenkomst|posiedzenie|wysluchanie|konferencja\
         |meetings|public hearings|webinars|workshops|conferences|roundtables|seminars|public meetings|briefing|summit|listening session|open day\
         |online event|event|info day|information day|forum|public session|stakeholder event|q and a session|training session|listening tour|fachgesprach|informationsveranstaltung|conference de|journee d|jornada informativa|evento|giornata|informatiebijeenkomst|spotkanie",
    ),
    (
        Sense::Hold,
        "will be held|to be held|be held|is being held|will hold|will host|hosts|holds|is holding|is hosting\
         |will take place|takes place|take place|to take place|will convene|convenes|will meet\
         |meets|scheduled|scheduled for|is set for|join|register for|will run|findet|statt|stattfinden\
         |aura lieu|se tiendra|se deroulera|organise|organisera|se celebrara|tendra lugar\
         |se llevara a cabo|si terra\
         |has scheduled|slated for|set for|will be running|are running|are hosting|are holding|organising|organizing|tendra lugar el|findet am|avra luogo|si svolgera|vindt|plaats|plaatsvinden\
         |odbedzie sie|zaplanowano|planned for|will be hosting|plans to hold|to hold|to host",
    ),
    // Entry into force.
    (
        Sense::Event(EntryIntoForce),
        "enter into force|enters into force|entered into force|entering into force|entry into force\
         |enter into effect|enters into effect|come into force|comes into force|came into force\
         |coming into force|commencement date|come into effect|comes into effect|came into effect\
         |coming into effect|go into effect|goes into effect|went into effect|going into effect\
         |take effect|takes effect|took effect|taking effect|becomes effective|become effective\
         |became effective|effective date|effective dates|is in force|are in force|in force as|in force from\
         |now in force|into operation|becomes law\
         |become law|became law|operative|becomes operative|be in force|be in effect|is in effect|are in effect|into law on|into force|in kraft|inkrafttreten|wirksam\
         |rechtskraftig|inkraftsetzung\
         |en vigueur|entree en vigueur|prend effet|prendra effet\
         |prennent effet|prendront effet|produit ses effets|produira ses effets|en vigor|entrada en vigor\
         |surtira efecto*|surte efecto*\
         |entrara en vigencia|entra en vigencia|entrada en vigencia|regira|rige|in vigore|entrata in vigore\
         |avra effetto|avranno effetto|ha effetto|decorrenza|in werking|inwerkingtreding\
         |gaat in|gaan in|ingaan|ingangsdatum|treedt in|treden in\
         |van kracht|w zycie|wejscie w zycie|wejscia w zycie|force of law",
    ),
    (Sense::Effective, "effective|commences|commence|commenced"),
    (
        Sense::Event(DateEvent::Event),
        "will meet on|will meet from|will convene on|will convene from|next meets on",
    ),
    // Application.
    (
        Sense::Event(Application),
        "applies|shall apply|will apply|would apply|apply to|apply from|apply as|apply on\
         |apply in|now apply|also apply|is applicable|applicable|be applicable|becomes applicable|become applicable\
         |date of application|application date|apply in full|becomes mandatory|become mandatory\
         |become binding|becomes binding|mandatory\
         |kick in|kicks in|kicked in|phased in|start applying|starts applying|begin applying|begins applying|start to apply|starts to apply|begin to apply|begins to apply|come to apply|become enforceable|becomes enforceable|compulsory|are binding|is enforceable|enforceable\
         |gilt|gelten|galt|anzuwenden|anwendbar|anwendung findet\
         |gultig|findet anwendung|finden anwendung|zur anwendung|verbindlich|geltungsbeginn\
         |s appliquent|s applique|s appliquera|s appliqueront|sera applicable|seront applicables\
         |applicables|entree en application|obligatoire\
         |est applicable|s imposent|s impose|obligatoires|sera de aplicacion|seran de aplicacion\
         |se aplicara|se aplicaran|se aplica|se aplican|aplicable|aplicables|obligatorio\
         |si applica|si applicano|si applichera|si applicheranno|applicabile|applicabili\
         |obbligatorio|obbligatoria|van toepassing|toepasselijk|verplicht|stosuje sie|stosuje\
         |stosowane|obowiazuja|obowiazuje|zastosowanie|obowiazywac\
         |zacznie obowiazywac|zaczna obowiazywac|bedzie obowiazywac|beda obowiazywac",
    ),
    (
        Sense::Topic(Topic::Application),
        "application of|start of application|applicability|anwendung der|anwendung des|anwendung von\
         |anwendungsbeginn|anwendung|application des|application du|mise en application|aplicacion\
         |applicazione|toepassing|stosowania|stosowanie|start date|obligations|requirements|duties",
    ),
    // Publication.
    (
        Sense::Event(Publication),
        "will be published|to be published|be published|will publish|expects to publish\
         |plans to publish|due to be released|will be released|due for publication\
         |veroffentlicht werden|sera publie|sera publiee|seront publies|se publicara\
         |sara pubblicato|sara pubblicata|zal worden gepubliceerd|worden gepubliceerd\
         |zostanie opublikowan*|expected publication|target publication",
    ),
    (
        Sense::Topic(Topic::Publication),
        "publication of|publication is|publication|veroffentlichung der|veroffentlichung",
    ),
    (
        Sense::Published,
        "was published|were published|has been published|been published|published|publie au|publiee au\
         |veroffentlicht|verkundet|publicado|publicada|pubblicato|pubblicata|gepubliceerd\
         |opublikowan*|ogloszon*|publie|publiee",
    ),
    (
        Sense::Gazette,
        "official journal|journal officiel|amtsblatt|bundesgesetzblatt|official gazette|gazette|diario oficial|boletin oficial|gazzetta ufficiale|staatsblad\
         |publicatieblad|staatscourant|dzienniku ustaw|dzienniku urzedowym",
    ),
    (Sense::Register, "federal register"),
    (
        Sense::Standard,
        "iso|iec|etsi|standard|edition|norm|norme|norma|pren|bs|cen|ieee",
    ),
    // Ends.
    (
        Sense::Event(Withdrawal),
        "withdrawn|is repealed|be repealed|are repealed|repealed|revoked|rescinded|retired\
         |will retire|cease to apply|ceases to apply|ceased to apply|cease to have effect\
         |ceases to have effect|cease to be in force|sunset|sunsets|be phased out|withdrawal of\
         |zuruckgezogen|aufgehoben|ausser kraft|abroge|abrogee|sera abroge|derogado|derogada\
         |queda derogad*|abrogato|abrogata|ingetrokken|uchylon*|traci moc|wycofan*|retire|retirada",
    ),
    (
        Sense::Expire,
        "ihre gultigkeit|seine gultigkeit|straca waznosc|traci waznosc|perdono validita|pierden validez|pierden su validez\
         |perdent leur validite|verliezen hun geldigheid|lose validity|lose their validity|expire|expires|expired|expiring|expiry|lapses|lauft aus|ablauf|expire le|expira|scade\
         |caduca|vervalt|verloopt|wygasa",
    ),
    (
        Sense::Close,
        "close|closes|closed|closing|closing date|close of|end|ends|ended|ending|end date|deadline\
         |deadlines|cut-off|cut off|due|due date|due by|no longer valid|not be valid|cease to be valid\
         |ceases to be valid|not be accepted|not be considered|be received|conclude|concludes\
         |concluded|last day|last date\
         |shut|shuts|finish|finishes|finished|elapses|run out|runs out|wraps up|runs until|remains open|stays open|stay open|open until|final day|endet|endete|enden|frist|einsendeschluss|stichtag\
         |verstreicht|lauft ab|schlusstermin|beendet|abgeschlossen\
         |abgabefrist|lauft|fristende|schliesst|date limite|prend fin|prendra fin|prennent fin\
         |se termine|se terminera|cloture\
         |clot|ferme|fermeture|expirera|delai|s acheve|s achevera|echeance|plazo|finaliza\
         |finalizara|termina|terminara|concluye|vence|fecha limite\
         |acaba|culmina|vencera|expirara|finalizan|cierra|cierre|se cierra|termine\
         |scadenza|si chiude|si chiudera|si conclude|terminera\
         |chiusura|si concludera|scadra|scadono|eindigt|sluit|sluitingsdatum\
         |verstrijkt|sluiten|sluitdatum|deadline voor|eindigen\
         |termijn|loopt af|loopt|konczy sie|uplywa|termin|zakonczy sie|konczy|vencimiento\
         |mija|uplynie|koncza sie|zakoncza sie|zakonczenie",
    ),
    (
        Sense::Open,
        "open|opens|opened|opening|opening date\
         |reopen|reopens|reopened|reopening|commencing|kicks off|kicked off|get under way|got under way|launch|launched|launches|start|starts|started|begin\
         |begins|began|run|runs|running|beginnt|startet|startete|eroffnet|geoffnet\
         |ouvre|ouvert|ouverte|debute|lance|lancee|abre|abierta|abierto|comienza|apre|aperta|aperto\
         |avvia|avviata|inizia|gestart|geopend|start op|opent|rozpoczyna sie|rozpoczely sie|otwarte",
    ),
    (
        Sense::Move,
        "extend|extends|extended|extending|extension|prolonged|prolong|prolongs|lengthen|lengthened|lengthens|postpone|postponed|postpones\
         |postponing|postponement|delay|delays|delayed|delaying|defer|defers|deferred|deferring\
         |deferral|pushed back|push back|pushes back|pushing back|put back|moved|moves|move|moving\
         |rescheduled|reschedules|shifted|brought forward|bring forward|changed from|revised from\
         |revised to|changed to|reset to|verschoben|verschiebt|verlangert|verlangerung|verlegt|verschiebung\
         |vorgezogen|reporte|reportee|reportes|reportees|report de|reporter|prolonge|prolongee\
         |proroge|prorogee|repousse|repoussee|differe|differee|decale|decalee|aplazado|aplazada\
         |aplaza|aplazan|aplazar|prorrogado|prorrogada|prorroga|prorrogar|pospone|pospuesto\
         |pospuesta|amplia|ampliado|rinviato|rinviata|rinvia|prorogato|prorogata|proroga|differito\
         |differita|slitta|slittano|posticipato|posticipata|spostato|spostata|uitgesteld|verlengd\
         |verschoven|verplaatst|uitstel|uitstelt|przesuniet*|przesunie*|przedluzon*|przeloz*|odroczon*|wydluzon*",
    ),
    (
        Sense::Old,
        "originally|previously|formerly|initially|instead of|rather than|in place of|replacing|not as\
         |up from|anstatt|anstelle|ursprunglich|bisher|bislang|zuvor|au lieu|initialement\
         |auparavant|precedemment|et non plus|en lugar|en vez|inicialmente|originalmente\
         |anteriormente|anziche|invece|inizialmente|originariamente|in precedenza|in plaats\
         |oorspronkelijk|eerder gepland|aanvankelijk|voorheen|zamiast|pierwotnie|wczesniej\
         |former deadline of|original deadline of|previous deadline of",
    ),
    (
        Sense::Original,
        "original|ursprungliche|ursprunglicher|initiale|originario|originaria|oorspronkelijke|pierwotny|puvodni\
         |ursprungliga|oprindelige",
    ),
    // Other things that happen on days.
    (
        Sense::Other,
        "deposited|deposits|ratified|ratifies|acceded|adopted|adopts|signed|signs|dated|updated|last updated|modified|posted|announced|announces\
         |said|says|issued|issues|released|approved|approves|agreed|agrees|voted|votes|fined\
         |found|ruled|decided|received|wrote|met|enacted|passed|proposed on|presented|reviewed\
         |delivered|recorded|discovered|detected|notified on|imposed|joined|appointed|founded\
         |established|created|dates from|accessed|retrieved|visited|amended on|amended by\
         |decision of|judgment of\
         |placed on the market|were on the market|was on the market|put on the market|filed on|promulgated|published by|gazetted on|completed on|renewed|inspection|dismissed|regulation of|directive of|letter of|press release|verabschiedet\
         |beschlossen|unterzeichnet|angekundigt|mitgeteilt|erlassen|pressemitteilung|adopte\
         |adoptee|signe|annonce|communique\
         |promulgue|promulguee|signee|votee|vote|aprobado|aprobada|adoptado|firmado|anuncio|adottato\
         |adottata|approvato|firmato|annunciato|aangenomen|ondertekend|aangekondigd|vastgesteld\
         |przyjet*|podpisan*|oglosil*|uchwalon*|welcomed|completed|happened|occurred|carried out\
         |conducted|took place|was held|were held|lasted|fand|stattgefunden|a eu lieu|se celebro",
    ),
    // Guards.
    (
        Sense::Not,
        "not|never|cannot|won t|doesn t|nicht|kein|keine|keinen|pas|jamais|no entrara|no entra\
         |no se|no sera|nunca|non|niet|geen|nie",
    ),
    (
        Sense::Nothing,
        "as planned|if not|not only|not yet|whether or not|non-eu|not just|wie geplant",
    ),
    (
        Sense::NotApply,
        "not apply|not be applied|not be applicable|not start to apply",
    ),
    (
        Sense::Hedge,
        "expected|is expected|expects|anticipated|anticipates|anticipate|would|could|might|may take|may enter\
         |may apply|may come|likely|plans|planned|plan to|planning|aims|aim to|intends|intended|proposes|proposed date\
         |proposed effective|proposed compliance|proposed application|proposed start|proposing\
         |proposes to|proposal to|provisional|provisionally|tentative|tentatively|target|targeted\
         |targeting|estimated|if adopted|if approved|if passed|if enacted|voraussichtlich|soll\
         |sollte|wurde voraussichtlich|geplant|geplante|erwartet|konnte|konnten|devrait\
         |devraient|pourrait|pourraient|prevue|prevu|prevoit|prevoyant|envisage|se espera\
         |previsto|prevista|preve|podria|podrian|deberia|estaba previsto|dovrebbe|dovrebbero\
         |potrebbe|previsti|previste|naar verwachting|verwacht|zou|zouden|gepland|beoogd|beoogde\
         |planowane|planowana|planowany|ma wejsc|maja wejsc|oczekuje sie|prawdopodobnie",
    ),
    (
        Sense::Reported,
        "reportedly|media reports|media report|according to media|according to local media|press reports\
         |according to press|according to reports|according to people|according to sources\
         |according to a report|according to news|according to newspaper*|reports say|sources say\
         |medienberichten|laut medien*|selon la presse|selon les medias|selon des medias\
         |segun medios|segun la prensa|secondo la stampa|secondo i media|volgens media\
         |wedlug mediow|wedlug prasy",
    ),
    (
        Sense::Past,
        "were submitted|was submitted|were made|have been received|has received|have received\
         |have been submitted|had received|had been|had submitted|had responded|had registered|had filed|were received\
         |was received|gingen|waren eingegangen|eingegangen|avait recu|avaient ete|habia recibido",
    ),
    // Portuguese, Swedish, Danish, Norwegian and Czech, and what other languages lacked.
    (
        Sense::Topic(Topic::Publication),
        "utgivning*|publicacao|publicacion|publication du|publication de|pubblicazione|publicatie|publikacja|publikacji\
         |offentliggorande*|offentliggorelse*|publicering*|vydani|zverejneni",
    ),
    (
        Sense::Plan,
        "devrait paraitre|hopes to publish its final|hopes to publish its guidance|hopes to publish its revised|hopes to publish the final|hopes to publish the standard|hopes to publish the revised|hopes to publish the guidance\
         |hopes to publish the code|expect to publish|expects to release|expect to release|intends to publish|intend to publish|aims to publish\
         |aim to publish|plan to publish|is due to publish|devrait publier|prevoit de publier|compte publier\
         |te publiceren|zu veroffentlichen|veroffentlichen will|soll veroffentlicht werden|preve publicar|prevede di pubblicare\
         |planeja publicar|preve a publicacao|planerar att publicera|forventer at offentliggore|planuje opublikowac\
         |planuje vydat|planuje zverejnit",
    ),
    (
        Sense::Topic(Topic::Certificate),
        "certificeret|certifierad*|certificad*|certifikovan*|certifikat*|certifisert",
    ),
    (
        Sense::Topic(Topic::Comment),
        "zum referentenentwurf stellung zu nehmen|zum entwurf stellung zu nehmen|zum gesetzentwurf stellung zu nehmen|horingen|horingens|vytky|bemaerkninger|innspill|horingsuttalelser|horingsinnspill|observacoes|contribuicoes|sugestoes|manifestacoes|tomada de subsidios|contributos|synpunkter\
         |remissvar*|remisstiden|remisstid|yttranden|horingssvar|horingsfrist*|horing|pripominky|pripominek|verejna konzultace\
         |verejne konzultace|industry s views",
    ),
    (
        Sense::Topic(Topic::Ballot),
        "omrostning*|hlasovani|votacao|stemming over|fdis vote|dis vote|cd vote|votes on the final draft|votes on the draft\
         |votacion",
    ),
    (
        Sense::Topic(Topic::Transition),
        "periodo de transicao|prazo de transicao|periodo de adaptacao|overgangsperiod*|overgangstid*\
         |prechodne obdobi|prechodneho obdobi",
    ),
    (
        Sense::Topic(Topic::Compliance),
        "adequar se|adequacao|estar em conformidade|uppfylla kraven|dosahnout souladu",
    ),
    (
        Sense::Topic(Topic::Submission),
        "inscricoes|ansokan|ansokningar|anmalan|anmalningar|prihlasky|prihlasek",
    ),
    (
        Sense::HandIn,
        "remeter|remetam|enviar a|oversende|odevzdat|apresentar|apresentad*|submeter|submetid*|entregar|entregue*|enviad*|remetid*|encaminhad*|notificad*\
         |lamna|lamnas|lamnats|skicka|skickas|rapportera|rapporteras|anmala|anmalas|registrera|registreras\
         |kommit in|inkommit|indsende*|indberette*|predlozit|podat|nahlasit|zaslat|zasilat",
    ),
    (
        Sense::Duty,
        "devem|devera|deverao|tem de|ficam obrigad*|ska|maste|skall|behover|skal|jsou povinni|jsou povinny|je povinen",
    ),
    (Sense::Leave, "podem|pode|lze|mohou|far lamna"),
    (
        Sense::Topic(Topic::Meeting),
        "kongress|kongres|cumbre|sommet|konference|konferanse|kongressen|reuniao|webinario|webbinarium|mote|moede|konferens|seminarium|jednani|seminar",
    ),
    (
        Sense::Hold,
        "during a|tijdens een|tijdens het|lors d un|lors d une|durante un|durante una|podczas|bei einem|bei einer|pod ett|under en|ved et|ved en|bjuder in|inbjuder|inviterer|inviterer til|ladt zum|ladt zur|laden zum|rendez vous|donne rendez|invita a|nodigt uit|zaprasza*|convida*|zve na|register now for|join us for|realiza se|sera realizad*|acontece|ocorrera|tera lugar|halls|ager rum|arrangeras|finder sted|afholdes\
         |kona se|se kona|uskutecni",
    ),
    (
        Sense::Event(EntryIntoForce),
        "em vigor|entra em vigor|entram em vigor|entrara em vigor|entrou em vigor|passa a vigorar|produz efeitos\
         |i kraft|trader i kraft|tradde i kraft|traeder i kraft|trer i kraft|ikrafttradande|ikrafttraeden\
         |v platnost|vstupuje v platnost|vstoupi v platnost|nabyva ucinnosti|nabude ucinnosti|v ucinnost",
    ),
    (
        Sense::Event(Application),
        "aplicavel|aplicaveis|aplica se|aplicam se|passa a ser obrigatori*|obrigatorio|obrigatoria\
         |tillampas|ska tillampas|galler fran|borjar galla|borjar tillampas|finder anvendelse|gaelder fra\
         |pouzije se|se pouzije|pouziji se|uplatni se|plati od",
    ),
    (
        Sense::Event(Withdrawal),
        "norme sera retiree|sera retiree du catalogue|sera retire du catalogue|edition sera retiree|retirara la norma|retirara la version|retirara la edicion|norma sera retirada|sara ritirat*|verra ritirat*|norma ritirata|withdraw the publication|withdraw the standard|withdraw the guidance|withdraw the document|withdraw the edition|fica revogad*|ficam revogad*|sera revogad*|sera anulad*|sera retirad*|upphavs|upphavd|upphor att galla|ophaeves|bude zrusen*|zrusuje se|pozbyva platnosti\
         |withdraw any national|withdraw any conflicting|withdraw conflicting|withdraw national|withdraw the national",
    ),
    (
        Sense::Close,
        "slutter den|svarfrist*|fristen|udlober|utloper|encerramento|lhuta pro|encerra|encerra se|encerram|encerram se|prazo|prazo final|data limite|sista dag|sista dagen\
         |loper ut|lober ud|avslutas|stanger|tidsfrist*|svarsfrist*|konci|skonci|uplyne|lhuta",
    ),
    (
        Sense::Open,
        "abertura|comeca|decorre|oppnar|oppnas|inleds|zahajeni|zacina",
    ),
    (
        Sense::Move,
        "udskudt|udskydes|udsat|forlenget|forlanget|prorrog*|prodluzuje*|prodlouzen*|posouva*|posunut*|odklada*|przedluza*|adiad*|adia|prorrogad*|prorrogacao|skjuts upp|forlangs|forlangts|senarelagg*|udskyd*|forlaeng*|odlozen*\
         |prodlouz*|has slipped|slipped from|slipped to",
    ),
    (
        Sense::Old,
        "gia fissat*|gia previst* per|initialement fixe*|previamente fijad*|inizialmente fissat*|previously set|fixado anteriormente|should have closed on|should have ended on|was due to close on|was due to end on|was to close on|was to end on|was to finish on|would have closed on|would have ended on|was supposed to close on|was supposed to end on|was scheduled to close on|was scheduled to end on|em vez|i stallet|istallet|ursprungligen|oprindelig*|puvodne|namisto",
    ),
    (
        Sense::Hedge,
        "foreslas|foreslar|foreslagna|foreslaas|ventes|ocekava|ocekavan*|planuje*|forventer|forventas|esta previst*|previst*|vantas|planeras|beraknas|forventes|ocekava se",
    ),
    (Sense::Not, "nao|inte|ikke"),
    // What an authority, a committee or the press says in other words.
    (
        Sense::Topic(Topic::Comment),
        "reaction to|reactions to|weigh in|have its say|give their views|share their views\
         |make their views known|express their views|feedback portal|record open|samrad*|yttra sig|svarsdag*|svara pa forslaget\
         |komme med bidrag|uttaler seg|uttalelser|hovringssvar|innspill*|stanovisek|stanoviska|prijem podnetu",
    ),
    (
        Sense::Topic(Topic::Ballot),
        "polling of|to vote on|member bodies vote|committee votes|have to vote|votes for the next\
         |slutomrostning*|afstemning*|stemme over|hlasovani clenu",
    ),
    (
        Sense::Topic(Topic::Transition),
        "leniency period|sell-through period|changeover|changeover period|amnesty|temporary permissions regime|transitional protection\
         |adjustment period|adaptation period|implementation period|bridging period|coexistence period|co-existence period|wind-down period\
         |run-in period|parallel running|overgangsordning*|prechodne lhuty|prechodna lhuta|prechodnej lhuty",
    ),
    (
        Sense::Topic(Topic::Compliance),
        "expected to meet the|expected to meet all|expected to comply|expected to be compliant|compliance required|compliance is required|full compliance|fully compliant|be compliant|achieve compliance|meet the requirement*\
         |meet the capital|meet these|meet the new|meet the standard*|fulfil the|fulfill the|conform to|conform with|be met by|adhere to\
         |brought into line|bring into line|vara uppfyll*|uppfyllas|leve op til|folge de nye kravene|folge kravene|pozadavky splnit|splnit pozadavky",
    ),
    (
        Sense::Topic(Topic::Certificate),
        "accreditation under|hold accreditation|audits against|audits to the|audit against|initial audit|audit to the old|licences are to be obtained\
         |revision mot|audit efter|audity podle|resertifi*|recertifi*|omcertifier*",
    ),
    (
        Sense::Topic(Topic::Submission),
        "returns are due|tenders|quotations|claims not|appeals against|appeals may|completed questionnaires|self-assessments|declarations\
         |ansokningsfrist*|ansogningsfrist*|soknadsfrist*|anmalningsdag*|pameldingsfrist*|tilmelding*|tilbud|indberetning*|indgivet\
         |sokandsfrist|uzaverka prihlasek|podani nabidek|podani zadosti|nabidek|hlaseni o|zadosti o",
    ),
    (
        Sense::HandIn,
        "handed in|hand in|sendes inn|sendes ind|levere en|levere inn|indgives|indsendes|komma in med|odevzdat|podavat|podava se",
    ),
    (
        Sense::Topic(Topic::Meeting),
        "plenary|general assembly|sitting|first masterclass|konferensen|konferencen|temamod*|informationsmod*|innspillsmot*\
         |frokostseminar*|seminariet|hearingen|arsmote*|arsmode*|workshoppen|seminaret|valne shromazdeni",
    ),
    (
        Sense::Hold,
        "is to meet|are to meet|to meet on|gather in|gathers in|returns to|will hear|save the date|arranged for|holdes|avholdes\
         |valkommen till|valkomna till|bli med pa|velkommen til|welcome to the",
    ),
    (
        Sense::Event(DateEvent::Event),
        "meets on|is to meet on|convenes on|will hear the appeal|will hear the case|will hear arguments|board will meet|committee will meet\
         |council will meet|panel will meet|group will meet|authority will meet|commission will meet",
    ),
    (
        Sense::Event(EntryIntoForce),
        "ikrafttradand*|ikrafttraed*|ikrafttred*|har virkning fra|har verkan fran|ucinnosti nabude|ucinnosti nabyva|nabude ucinnosti|vstoupi v ucinnost\
         |vstupuje v ucinnost",
    ),
    (
        Sense::Event(Application),
        "apply only|applies only|begin enforcing|begins enforcing|start enforcing|starts enforcing|begin to enforce|will be enforced|be enforced from|enforcement begins\
         |enforcement starts|starts to bite|start to bite|bliver et krav|bliver det et krav|blir et krav|inntrer|intrader|povinnost oznacovat|povinnost",
    ),
    (
        Sense::Event(Publication),
        "is to be published|are to be published|is to be gazetted|be gazetted|bude vydan*|bude zverejnen*",
    ),
    (
        Sense::Issue,
        "bring out|brings out|comes out in|comes out on|dara a conocer|doit paraitre|doivent paraitre|due out|erscheint|ges ut|komma ut|kommer ut|kommer ut i|komt uit|lanseres|paraitra|paraitront|saldra a la luz|sera mis en ligne|sera mise en ligne|seront mis en ligne|seront mises en ligne|to come out|udgiver|udgives|udkommer|ukaze sie|uscira|utgis|utkommer|utkommer i|v cestine vyjde|vea la luz|vera la luz|verschijnt|vyjde|vyjde v|will come out|wird herausgegeben|zum download bereit|is to be issued|are to be issued|is to be released|are to be released|is to be posted|are to be posted|be issued|will issue|be posted|will post|be released|will release|will appear|be made available|made available\
         |be put online|will be put online|will unveil|unveils|hits the shelves",
    ),
    (Sense::Published, "came out on|came out in|came out last"),
    (
        Sense::CameOut,
        "gazetted|was gazetted|were gazetted|date of publication|publication date|kunngjort i norsk lovtidend\
         |offentliggjort i eu-tidende|offentliggjort i lovtidende|ve sbirce zakonu vyhlasena|vyhlasena ve sbirce zakonu",
    ),
    (
        Sense::Event(Withdrawal),
        "stands cancelled|stand cancelled|revoke the|will revoke|to be revoked|fall off the books|falls off the books\
         |no longer applies|no longer apply|no longer applicable|will lapse|is to lapse|oppheves|se zrusuje|zrusuje se",
    ),
    (
        Sense::Close,
        "terminates|terminate|falls away|fall away|draws to a close|draw to a close|comes to an end|come to an end|will be over|cut-off date\
         |last date on which|gar ut|lukker|uzavira|se uzavira|uzaverka|varer til|final date|last opportunity|closing time",
    ),
    (
        Sense::Open,
        "kick off|kicks off|kicked off|go live|goes live|went live|get underway|gets underway|apnes|apnet|zahajen*|indledes|accepted beginning",
    ),
    (
        Sense::Still,
        "will be accepted side by side|may go on|can go on|go on using|may continue|can continue|may still be|can still be|may still use|can still use|still be sold|may be sold|can be sold\
         |sell off|sell through|use up|remain valid|remains valid|remain in use|remains in use|remain usable|be accepted side by side|accepted side by side\
         |continue to be accepted|continue to be valid|may be used|can be used|doprodat",
    ),
    (
        Sense::NoLonger,
        "no longer|become invalid|becomes invalid|be refused|be prohibited|be disregarded|not be taken into account|not be counted|be too late\
         |no votes|stop accepting|stops accepting|stop issuing|will be barred|any more",
    ),
    (Sense::Duty, "will need to|may only|budou mit povinnost"),
    (
        Sense::Leave,
        "gives|will be able to|able to|will be accepted|are accepted|is welcome|welcome to",
    ),
    (
        Sense::Old,
        "earlier deadline was|earlier date was|previous deadline was|previous date was|it had been|as earlier announced|as previously announced\
         |as first announced|as originally planned|opprinnelig frist|opprinnelig|oprindelig frist|ursprunglig",
    ),
    (
        Sense::Move,
        "flyttas|flyttes|flyttet|rykket|rykkes|utsettes|utsatt|forlenges|stands extended",
    ),
    (
        Sense::Nothing,
        "confirmation hearing*|notified body|notified bodies|their plans|its plans|your plans|action plans|annual plans|business plans|audit plans|recovery plans|had been fined|had been found",
    ),
    // The same in the other languages.
    (
        Sense::Topic(Topic::Comment),
        "reactions au projet|avis du public|enquete probatoire|donner leur avis|faire part de leurs observations|date limite de reponse\
         |einspruche|begutachtungsfrist|begutachtung|zum entwurf|zum referentenentwurf|zum gesetzentwurf|kommentieren|stellungnahmefrist|offentlichen umfrage|umfrage zur norm\
         |konsultationsfrist|consulta ciudadana|opinion publica|discusion publica|encuesta publica|presentar comentarios|dire la loro\
         |inchiesta pubblica|proprie osservazioni|pronunciar se|discussao publica|inquerito publico|openbare raadpleging|raadpleging\
         |commentaar op|opmerkingen|ter inzage|zienswijze|ankieta powszechna|ankiety powszechnej|stanowiska wobec|lamna synpunkter",
    ),
    (
        Sense::Topic(Topic::Ballot),
        "vote formel|cloture du scrutin|se prononcer par correspondance|abstimmungsschluss|abstimmung|votum der mitglieder|stimmen die nationalen\
         |stimmen die mitglieder|votar el|voto formal|voto sul|voto formale|proprio voto|votazione|stemronde|formele stemming|glosowanie\
         |glosowania|stemme over forslaget|rosta om",
    ),
    (
        Sense::Topic(Topic::Transition),
        "tolerance|periode de tolerance|plazo de gracia|plazo de transicion|plazo transitorio|regimen transitorio|periodo de tolerancia\
         |regime de tolerancia|gedoogperiode|okres dostosowawczy|vacatio legis",
    ),
    (
        Sense::Topic(Topic::Compliance),
        "adecuar sus sistemas|adecuar sus|adaptar sus|adequar os|mettre leurs|conformarse|oplossen en voldoen",
    ),
    (
        Sense::Topic(Topic::Certificate),
        "audit de renouvellement|aucun audit|audits de|audits nach|audit nach|auditorias realizadas|auditorias con|audit secondo|audit condotti\
         |audits volgens|audyty wedlug",
    ),
    (
        Sense::Topic(Topic::Submission),
        "resumes|offres|propositions de communication|beitrage fur|angebote|offerten|anmeldeschluss|bewerbungsschluss|entrega de propuestas\
         |propuestas|ofertas|manifestazioni di interesse|offerte|propostas|offertes|inschrijven|inschrijving|ofert|oferty|wnioskow o dofinansowanie\
         |manifestacoes de interesse",
    ),
    (
        Sense::HandIn,
        "transmettent|remettent|communiquent|declarent|adressent|envoient|hochzuladen|eingetroffen|entregaran|enviaran|presentaran|remitiran\
         |inviate|trasmesse|presentate|entregam|enviam|apresentam|toekomen|przekazywac|skladac",
    ),
    (
        Sense::Topic(Topic::Application),
        "obligation de|obligation d|obligacion de|obligaciones de|obbligo|obblighi|exigencia de|exigencias|pflicht|pflichten|meldepflicht*\
         |offenlegungspflicht*|kennzeichnungspflicht*|rapportageplicht|meldplicht|verplichting|obowiazek|obowiazki|obrigacao|obrigacoes|kravet|plikten til|skyldigheten",
    ),
    (
        Sense::Topic(Topic::Meeting),
        "audience publique|audience|reunion pleniere|reunion|assises|assemblee generale|rencontre|salon|journee d etude|sitzung|tagung|mitgliederversammlung|parlamentarischen abend\
         |informationsabend|congreso|encuentro|asamblea|foro|incontro|assemblea|encontro|jaarcongres|congres|studiedag|netwerkbijeenkomst|szkolenie\
         |targi",
    ),
    (
        Sense::Hold,
        "tiendra|tiendront|se tient|se tiennent|abgehalten|se celebra|se celebran|in programma|decorre no|decorre em|gaat door|vinden plaats|prevue le\
         |prevu le|ladt der|previsto para el|prevista para el",
    ),
    (
        Sense::Event(EntryIntoForce),
        "heeft uitwerking|uitwerking vanaf|hebben uitwerking|in kraft gesetzt|setzt in kraft|tretende|in kraft tretende",
    ),
    (
        Sense::Event(Application),
        "s imposera|s imposeront|devient obligatoire|deviennent obligatoires|sera obligatoire|seront obligatoires|erstmals anzuwenden\
         |seran exigibles|sera exigible|exigible|exigibles|passa a valer|passam a valer|gaat gelden|gaan gelden|gaat pas gelden",
    ),
    (
        Sense::Event(Publication),
        "herausgabe der|uscita della nuova",
    ),
    (
        Sense::Gazette,
        "bundesanzeiger|diario da republica|moniteur belge|monitor polski|svensk forfattningssamling|lovtidende|norsk lovtidend|sbirce zakonu|eu tidende",
    ),
    (
        Sense::Published,
        "paru au|parue au|parus au|parues au|bekannt gemacht|bekanntgemacht|kundgemacht|oficial del estado publico|diario oficial publico|geplaatst\
         |offentliggjort|kunngjort|vyhlasen*|publicerad*",
    ),
    (
        Sense::Event(Withdrawal),
        "sera annulee|sera annule|seront annulees|cessera de produire|cessent de produire|cesse d etre en vigueur|se anulara|se anularan|quedara sin efecto\
         |queda sin efecto|considera se revogad*|revogada com efeitos|revogado com efeitos",
    ),
    (
        Sense::Close,
        "ende der|ende des|fin de la|fin du|fine del|fine della|einde van de|einde van het|cessera|cessa il|cerrara|cerraran|se cerrara|fecham|fecha a\
         |se cierran|s acheve le|cloture du|dauert|dauern|aflopen|trwa|trwaja|przyjmowane|mija w",
    ),
    (
        Sense::Open,
        "ouverture de|s ouvre|s ouvrira|sera ouverte|seront recueillis|seront recueillies|start der|se abre|prende il via|prendono il via|arranca|tem inicio\
         |rozpoczna sie|rozpocznie sie|zaczna sie",
    ),
    (
        Sense::Still,
        "ubergangsweise|weiterhin|noch verwendet|peuvent encore|pourront encore|restent valables|reste valable|restera valable|resteront valables|podran seguir\
         |pueden seguir|siguen siendo valid*|seguira siendo|possono continuare|restano valid*|resta valid*|blijven geldig|blijft geldig|mogen nog\
         |continuam valid*|zachowuja waznosc|fortsatt gyldig*",
    ),
    (
        Sense::NoLonger,
        "plus aucun|plus aucune|ne pourra plus|ne pourront plus|ne sera plus|ne seront plus|nicht mehr|letztmalig|nur noch|ya no|no se admitiran|no se aceptaran\
         |non saranno piu|non sara piu|non piu|niet meer|niet langer|deixam de|ja nao|nao serao mais|juz nie|inte langre|ikke laengere|ikke lenger|jiz nebude|jiz nebudou",
    ),
    (
        Sense::Leave,
        "pourront|kann|durfen|pueden|se podran|potranno|sara possibile|poderao|kan|beda mogli|gar det att|apnes for",
    ),
    (
        Sense::Move,
        "deplacee|deplace|pasa al|aplazad*|ruckt|rykkes til|passe au",
    ),
    (
        Sense::Old,
        "et non plus|que vencia el|que vencia|che sarebbe dovuto|che doveva|estava prevista para|estava previsto para|zou aflopen|die op|qui devait",
    ),
    // What the northern languages and Czech say besides.
    (
        Sense::Topic(Topic::Comment),
        "apnes for innspill|afgive horingssvar|sidste frist for horing*",
    ),
    (
        Sense::Topic(Topic::Certificate),
        "dag for audit|dag for revision",
    ),
    (
        Sense::Topic(Topic::Submission),
        "sista anmalningsdag*|prihlasek|podavat jeste|skjemaet ma|ansokan om|komma in med en",
    ),
    (
        Sense::HandIn,
        "ma sendes inn|ma sendes|ma leveres|skal sendes|skal indsendes|ska lamnas|ska skickas|registrovat se|levere en skriftlig|pristoupit",
    ),
    (
        Sense::Duty,
        "palegger|forelagger|paalaegger|ma folge|ma ha|bude muset|budou muset|musi",
    ),
    (
        Sense::Hold,
        "hallas|hallas i|holdes i|kona se v|se kona|valkommen till webbinarium|valkommen till seminar*|velkommen til webinar*",
    ),
    (Sense::Open, "apnes|det apnes"),
    (
        Sense::Event(Application),
        "zacnou platit|zacne platit|borjar galla fran|galler fran och med|gjelder fra",
    ),
    (
        Sense::Event(Withdrawal),
        "oppheves forskrift|ophaeves bekendtgorelse|upphavs foreskriften|zrusuje vyhlaska",
    ),
    (Sense::Close, "fristen er|frist er|frist til|frist for"),
    // And what is said now and then in all of them.
    (
        Sense::Open,
        "goes to public|go to public|goes out for|goes out to|go out for|will go out for",
    ),
    (
        Sense::Old,
        "months later than|weeks later than|days later than|year later than|months earlier than|weeks earlier than|days earlier than\
         |year earlier than|y no del|y no el|y no|et non le|e non il|e non dal|und nicht|en niet|and not|first planned|first scheduled|first set",
    ),
    (
        Sense::Event(Publication),
        "should be published|should be issued|should appear|should be released",
    ),
    (Sense::Close, "stopt|stoppen|stops on|stop on|stopper"),
    (
        Sense::Topic(Topic::Meeting),
        "webinarium|webinarier|webinaret|webinary",
    ),
    (
        Sense::Event(Withdrawal),
        "traekkes tilbage|trekkes tilbake|dras tillbaka|dras in",
    ),
    (
        Sense::Event(Application),
        "gjelder forst fra|gelder forst fra|galler forst fran|gaelder forst fra",
    ),
    (
        Sense::Published,
        "appeared in the official journal|appeared in the federal register|appeared in the gazette|appeared on|appeared in",
    ),
    (
        Sense::TakeBack,
        "traekker|trekker|zieht|trekt|withdraw|withdraws|will withdraw|to withdraw|retirera|ritirera|retirara|wycofa|wycofuje",
    ),
    (
        Sense::Topic(Topic::Certificate),
        "audits under|audit under|audits to",
    ),
    (Sense::Leave, "reminded to"),
    (Sense::Hedge, "foreseen|envisaged"),
    (
        Sense::Topic(Topic::Ballot),
        "votes on the cdv|cast their votes on the cdv|vote on the cdv|votes on the enquiry",
    ),
    (Sense::Issue, "come out on|come out in|instead come out"),
    (Sense::Move, "put off"),
    (Sense::Topic(Topic::Comment), "enquete publique"),
    (
        Sense::Standard,
        "nen|csn|fips|jis|onorm|asme|astm|ansi|standarden|standardens|normen|normu",
    ),
    // Of a duty, that it begins.
    (Sense::Open, "greift|greifen|scatta|scattera|scattano"),
    (
        Sense::Topic(Topic::Comment),
        "objections to|objections may|suggestions may|suggestions and|your thoughts|thoughts on",
    ),
    (
        Sense::Topic(Topic::Meeting),
        "congress|annual congress|world congress|first sitting",
    ),
    (
        Sense::HandIn,
        "are to submit|are to file|are to notify|are to register|are to report|are to lodge|is to submit|is to file",
    ),
    (Sense::Issue, "to appear in the"),
];
