/// <types/>  
/// <types/>	
/// <other/>
/// <types/>
import x;
